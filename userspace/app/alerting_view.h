#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "alerts/types.h"
#include "base/clock.h"
#include "rules/types.h"

namespace sonde::app {

/// How the last evaluation of a rule went.
struct RuleStatus {
  std::string error;  ///< empty: it went well
  WallTime evaluated_at;
  std::chrono::nanoseconds took{0};
};

struct GroupStatus {
  WallTime evaluated_at;  ///< the epoch: never
  std::chrono::nanoseconds took{0};
  std::uint64_t iterations = 0;
  std::uint64_t missed = 0;    ///< iterations that were skipped because one took too long
  std::uint64_t failures = 0;  ///< evaluations of rules that failed
  std::vector<RuleStatus> rules;
};

/// A group that an alert belongs to: one for each route it takes.
struct RoutedGroup {
  std::string receiver;
  store::Labels labels;  ///< that the group has in common, sorted

  bool operator==(const RoutedGroup&) const = default;
};

/// An alert that fires, whether or not people are told.
struct ActiveAlert {
  alerts::Problem problem;  ///< `held_by` says what keeps it quiet
  store::Labels labels;     ///< sorted, with severity
  std::vector<std::string> receivers;
  std::vector<RoutedGroup> groups;    ///< also of what nobody is told of
  std::vector<std::string> muted_by;  ///< time intervals of its routes
  std::vector<std::int64_t> incidents;
  WallTime updated_at;
  WallTime ends_at;           ///< when it is over unless it is told again
  std::string generator_url;  ///< of what another program has sent
};

/// Rules and alerts as of one moment, for everyone who asks. Immutable.
struct AlertingView {
  std::shared_ptr<const std::vector<rules::Group>> groups;
  std::vector<GroupStatus> status;  ///< in the order of the groups
  std::vector<alerts::Instance> instances;
  std::vector<alerts::Problem> problems;
  std::vector<alerts::RuleStanding> standings;
  std::vector<alerts::HeldBack> held_back;
  std::vector<ActiveAlert> active;          ///< by labels
  std::vector<alerts::Incident> incidents;  ///< open ones, and those lately resolved; by id
  std::vector<alerts::Silence> silences;
  bool rules_are_sound = true;  ///< false: the rule files have faults, and older ones are in use
  WallTime loaded_at;           ///< when those in use were read
};

}  // namespace sonde::app
