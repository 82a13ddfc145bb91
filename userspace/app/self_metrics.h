#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "app/live_config.h"
#include "app/self_usage.h"
#include "base/clock.h"
#include "capture/types.h"
#include "decode/types.h"
#include "measure/family_builder.h"
#include "measure/types.h"
#include "notify/types.h"
#include "rules/types.h"
#include "store/database.h"

namespace sonde::app {

/// How much came through the pipeline since the start.
struct PipelineFacts {
  std::uint64_t records = 0;
  std::uint64_t record_bytes = 0;
  std::uint64_t largest_batch_bytes = 0;  ///< most that waited in the ring buffer at once since the last look
  std::uint64_t exchanges = 0;
  std::uint64_t sweeps = 0;
  std::uint64_t understood_bytes = 0;
  std::uint64_t total_bytes = 0;
  std::size_t connections = 0;
  std::size_t waiting_connections = 0;
  std::size_t services = 0;
  std::size_t histogram_series = 0;
};

/// Something lost, by the stage that lost it.
struct StageLoss {
  std::string stage;
  std::string reason;
  std::uint64_t count = 0;
  std::string sensor = {};  ///< of the stage "kernel"
};

/// How the evaluation of a group of rules has gone since the start.
struct RuleGroupFacts {
  std::string name;  ///< FILE;NAME, as Prometheus calls it
  std::size_t rules = 0;
  std::uint64_t evaluations = 0;  ///< of rules
  std::uint64_t failures = 0;     ///< of them
  std::uint64_t iterations = 0;
  std::uint64_t missed = 0;
  std::chrono::nanoseconds took{0};  ///< the last iteration
  WallTime evaluated_at;
};

/// How often programs for incidents have ended in one way since the start.
struct RemedyCount {
  std::string remedy;
  std::string outcome;  ///< as alerts::name_of
  std::uint64_t count = 0;

  bool operator==(const RemedyCount&) const = default;
};

/// What the control and delivery threads have done since the start.
struct AlertingFacts {
  std::vector<RuleGroupFacts> groups;
  std::array<std::uint64_t, 3> pending{};  ///< by rules::Severity
  std::array<std::uint64_t, 3> firing{};
  std::uint64_t gated = 0;    ///< breaches that a gate kept quiet
  std::uint64_t refused = 0;  ///< alerts beyond a rule's limit
  std::uint64_t reloads = 0;
  std::uint64_t failed_reloads = 0;
  bool rules_are_sound = true;  ///< false: the rule files have faults, and older ones are in use
  std::uint64_t forgotten = 0;  ///< quiet instances there was no room to remember
  bool history_is_failing = false;
  std::uint64_t lost_history_entries = 0;  ///< what happened, and was never written to disk
  std::uint64_t lost_posts = 0;            ///< of alerts that another hub has taken, and that could not be used
  std::vector<notify::DeliveryCounters> deliveries;
  std::vector<RemedyCount> remedies;
};

/// What the host thread has done since the start.
struct HostFacts {
  std::uint64_t passes = 0;  ///< over all resources
  std::chrono::nanoseconds last_pass{0};
  std::uint64_t tcp_records = 0;
  std::uint64_t process_records = 0;
  std::uint64_t collapsed_destinations = 0;
  std::uint64_t service_overflow = 0;
  std::uint64_t events = 0;
  std::array<std::uint64_t, static_cast<std::size_t>(decode::Reject::kCount)> rejects{};
};

/// Everything Sonde tells of itself.
struct SelfFacts {
  std::string version;
  WallTime started_at;
  std::vector<capture::SensorReport> sensors;
  std::vector<capture::HookCost> hooks;
  std::vector<StageLoss> losses;
  std::uint64_t ring_bytes = 0;
  PipelineFacts pipeline;
  AlertingFacts alerting;
  ConfigFacts config;
  HostFacts host;
  store::DatabaseFacts store;
  SelfUsage usage;
};

/// Writes the facts as families: sonde_* and, for the process, the names every Prometheus client library uses.
std::vector<measure::Family> describe_self(const SelfFacts& facts, measure::FamilyBuilder& builder);

}  // namespace sonde::app
