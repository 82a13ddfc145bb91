#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "alerts/types.h"
#include "base/clock.h"
#include "store/types.h"

// Rules and alerts as /api/v1/rules and /api/v1/alerts of Prometheus show them (web/api/v1/api.go).
namespace sonde::serve {

/// An alert that is pending or fires.
struct ActiveAlert {
  store::Labels labels;
  store::Labels annotations;
  alerts::AlertState state = alerts::AlertState::kPending;
  WallTime active_at;
  double value = 0;
};

struct AlertingRule {
  std::string name;
  std::string query;                 ///< PromQL
  std::chrono::nanoseconds hold{0};  ///< how long it is pending before it fires
  store::Labels labels;
  store::Labels annotations;
  std::vector<ActiveAlert> alerts;
};

struct RuleGroup {
  std::string name;
  std::string file;
  std::chrono::nanoseconds interval{0};
  std::optional<WallTime> last_evaluation;
  std::vector<AlertingRule> rules;
};

/// Groups of rules; with `exclude_alerts`, each rule's alerts are null.
std::string rules_json(std::span<const RuleGroup> groups, bool exclude_alerts);

std::string active_alerts_json(std::span<const ActiveAlert> alerts);

}  // namespace sonde::serve
