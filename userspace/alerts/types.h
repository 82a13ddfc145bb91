#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "alerts/incident_types.h"
#include "alerts/instance_types.h"
#include "alerts/remedy_types.h"
#include "alerts/review_types.h"
#include "alerts/routing_types.h"
#include "base/clock.h"
#include "store/types.h"

namespace sonde::alerts {

/// An alert of the past.
struct PastAlert {
  store::Labels labels;
  WallTime fired_at;
  std::optional<WallTime> cleared_at{};  ///< nothing: it fires
};

/// An alert that another program, such as a Prometheus, has sent.
struct ExternalAlert {
  store::Labels labels;  ///< sorted, none empty, with alertname
  std::vector<measure::Label> annotations;
  WallTime starts_at;
  WallTime ends_at;  ///< firing until then
  WallTime updated_at;
  std::string generator_url;

  bool operator==(const ExternalAlert&) const = default;
};

/// Who is told of which alert, and when not.
struct RoutingPlan {
  Route root;  ///< without a receiver: every channel is told
  std::vector<InhibitRule> inhibit_rules;
  std::vector<NamedTimeInterval> time_intervals;
  std::vector<MaintenanceWindow> maintenance;

  bool operator==(const RoutingPlan&) const = default;
};

/// What the book does with time, besides the rules' own settings.
struct BookOptions {
  std::chrono::nanoseconds blind_after = std::chrono::minutes{10};   ///< without an answer: an alert of its own
  std::chrono::nanoseconds release_wait = std::chrono::seconds{30};  ///< after an inhibitor's end
  std::chrono::nanoseconds start_delay = std::chrono::seconds{60};   ///< at most, for every rule to have run once
  std::size_t max_instances = 10'000;                                ///< of one rule
  std::chrono::nanoseconds resume_hold = std::chrono::seconds{60};   ///< after a suspend nothing is concluded
};

/// Everything that is kept over restarts.
struct Snapshot {
  std::vector<Instance> instances;
  std::vector<RuleStanding> rules;
  std::vector<Problem> problems;
  std::vector<Incident> incidents;  ///< those that can still change
  std::vector<ExternalAlert> externals;
  std::chrono::nanoseconds quiet_until{0};  ///< the end of the last BookOptions::resume_hold

  bool operator==(const Snapshot&) const = default;
};

}  // namespace sonde::alerts
