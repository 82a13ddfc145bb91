#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "store/types.h"

// Rules and alerts as /api/v1/rules and /api/v1/alerts of Prometheus show them (web/api/v1/api.go).
namespace sonde::serve {

/// An alert that is pending or fires.
struct ActiveAlert {
  store::Labels labels;
  store::Labels annotations;
  bool firing = false;  ///< else pending
  WallTime active_at;
  std::optional<WallTime> keep_firing_since;  ///< its condition does not hold any more
  double value = 0;
};

/// What an evaluation came to.
enum class RuleHealth : std::uint8_t { kUnknown, kOk, kError };

/// A rule that raises alerts, or one that records a series.
struct ShownRule {
  bool is_alerting = true;
  std::string name;
  std::string query;                 ///< PromQL
  std::chrono::nanoseconds hold{0};  ///< how long it is pending before it fires
  std::chrono::nanoseconds keep_firing_for{0};
  store::Labels labels;
  store::Labels annotations;
  std::vector<ActiveAlert> alerts;
  RuleHealth health = RuleHealth::kUnknown;
  std::string last_error;
  std::optional<WallTime> last_evaluation;
  std::chrono::nanoseconds took{0};
};

struct RuleGroup {
  std::string name;
  std::string file;
  std::chrono::nanoseconds interval{0};
  std::size_t limit = 0;
  std::optional<WallTime> last_evaluation;
  std::chrono::nanoseconds took{0};
  std::vector<ShownRule> rules;
};

/// Groups of rules; with `exclude_alerts`, each rule's alerts are null.
std::string rules_json(std::span<const RuleGroup> groups, bool exclude_alerts);

std::string active_alerts_json(std::span<const ActiveAlert> alerts);

}  // namespace sonde::serve
