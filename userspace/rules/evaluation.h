#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "rules/language.h"
#include "rules/types.h"
#include "store/types.h"

namespace sonde::rules {

/// What an evaluation depends on besides the samples.
struct EvaluationContext {
  std::int64_t at_ms = 0;      ///< of the evaluation; queries look at the group's query_offset before it
  std::int64_t oldest_ms = 0;  ///< the store's oldest sample; 0: it has none
  std::chrono::nanoseconds sample_interval = std::chrono::seconds{10};  ///< of the series the rule reads
  std::chrono::nanoseconds since_start = std::chrono::hours{24};        ///< of the daemon
  std::chrono::nanoseconds since_boot = std::chrono::hours{24};         ///< of the host
  bool needs_all = true;  ///< also what does not breach must be told; else it is only where something breaches
};

/// Evaluates an alerting rule as Prometheus 3 does (rules/alerting.go), and by its judgement.
Evaluation evaluate(const Rule& rule, const Group& group, const EvaluationContext& context, const Language& language);

/// Evaluates a recording rule (rules/recording.go).  shape: the metric's name is among the labels.
/// errors: kBadInput if the expression fails, two series would have the same labels, or there are more than the limit.
Result<std::vector<store::Output>> record(const Rule& rule, const Group& group, const EvaluationContext& context,
                                          const Language& language);

}  // namespace sonde::rules
