#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "alerts/alert_engine.h"
#include "alerts/types.h"
#include "app/alerting_view.h"
#include "base/clock.h"
#include "rules/evaluation.h"
#include "rules/language.h"
#include "rules/types.h"
#include "store/database.h"

namespace sonde::app {

/// What an evaluation depends on besides the rules and the store.
struct RunTime {
  alerts::Moment now;  ///< of the newest samples
  std::chrono::nanoseconds since_start{0};
  std::chrono::nanoseconds since_boot{0};
};

/// Evaluates groups when they are due, in the order of their rules: what a rule records, the next one can read.
/// threads: one at a time.
class RuleRunner {
 public:
  /// owner: the caller keeps everything alive.
  RuleRunner(const rules::Language& language, store::Database& database, alerts::AlertEngine& engine,
             std::chrono::nanoseconds sample_interval);

  /// These are the groups from now on; those that were there before keep their rhythm and their counts.
  void set_groups(std::shared_ptr<const std::vector<rules::Group>> groups);

  /// Evaluates every group for which a moment of its grid has passed since the last time; says whether there was one.
  bool run(const RunTime& time);

  /// In the order of the groups.
  [[nodiscard]] const std::vector<GroupStatus>& status() const { return status_; }

 private:
  [[nodiscard]] std::int64_t oldest_ms(std::int64_t at_ms);
  void run_group(const rules::Group& group, GroupStatus& status, const rules::EvaluationContext& context);
  void run_rule(const rules::Group& group, const rules::Rule& rule, const rules::EvaluationContext& context,
                RuleStatus& status);

  const rules::Language& language_;
  store::Database& database_;
  alerts::AlertEngine& engine_;
  const std::chrono::nanoseconds sample_interval_;
  std::shared_ptr<const std::vector<rules::Group>> groups_;
  std::vector<GroupStatus> status_;
  std::int64_t oldest_ms_ = 0;
  std::int64_t oldest_asked_ms_ = 0;
};

/// The series ALERTS and ALERTS_FOR_STATE of Prometheus (rules/alerting.go).
std::vector<store::Output> alert_series(const std::vector<alerts::Instance>& instances);

}  // namespace sonde::app
