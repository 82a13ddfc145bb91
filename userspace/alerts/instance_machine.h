#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/types.h"
#include "rules/types.h"

namespace sonde::alerts {

/// What one evaluation says to one instance.
struct Input {
  const rules::Finding* finding = nullptr;  ///< null: there is no sample of it
  std::string_view error;                   ///< not empty: no answer, of the rule as a whole
  std::string_view quiet;                   ///< not empty: nothing is concluded now, and why
  std::string_view gate;                    ///< not empty: it must not become pending now, and why
  std::uint64_t revision = 0;               ///< of the rule's text
  bool superseded = false;                  ///< the new text has findings, of other instances only
};

/// The evaluation's place in time: the moment it was due, so that it is exactly an interval after the one before.
struct Timing {
  Moment now;
  std::chrono::nanoseconds gap{0};  ///< since the rule's previous evaluation
  std::chrono::nanoseconds interval{0};
};

struct Step {
  Change change = Change::kPending;
  std::string reason;
};

/// What a missing sample means: where nobody knows what the expression compares, it is as good as one that does not
/// breach.
rules::NoDataPolicy policy_of(const rules::Rule& rule);

/// How long the instance has to be without a breach before it clears, as often as it has come back lately.
std::chrono::nanoseconds keep_of(const Instance& instance, const rules::Rule& rule);

/// Whether an inactive instance says more than that there is none: its alert came back lately, so that the next keeps
/// firing longer.
bool is_restless(const Instance& instance, const rules::Rule& rule, Moment now);

/// Takes the instance one evaluation on.
///
/// Time is counted from evaluation to evaluation: what has passed up to one without an answer is not, nor what more
/// than an interval has passed since the previous one (evaluations skipped, the daemon down, the host suspended).
std::vector<Step> advance(Instance& instance, const rules::Rule& rule, const Input& input, const Timing& timing);

}  // namespace sonde::alerts
