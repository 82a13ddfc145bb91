#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/incident_types.h"
#include "alerts/instance_types.h"
#include "rules/types.h"
#include "store/types.h"

namespace sonde::alerts {

/// A program that is run for alerts, once for each occurrence of an incident.
struct RemedyRule {
  std::string name;                      ///< no two share one
  std::vector<store::Matcher> matchers;  ///< all must fit an alert, with its severity; never empty
  std::vector<std::string> arguments;    ///< first the absolute path of the program
  std::chrono::nanoseconds after{0};     ///< how long the alert must have fired, in this incident
  std::chrono::nanoseconds timeout = std::chrono::minutes{1};
  std::uint32_t max_per_hour = 3;  ///< of all incidents together
  bool dry_run = true;             ///< it only says what it would do
  rules::Severity at_least = rules::Severity::kWarning;

  bool operator==(const RemedyRule&) const = default;
};

/// Off unless there are rules.
struct RemedyOptions {
  std::vector<std::string> allowed_programs;  ///< absolute paths; no other is ever started
  std::vector<RemedyRule> rules;

  bool operator==(const RemedyOptions&) const = default;
};

/// What is done once at most.
struct RemedyKey {
  std::int64_t incident = 0;
  std::uint32_t occurrence = 1;
  std::string remedy;  ///< RemedyRule::name

  bool operator==(const RemedyKey&) const = default;
  auto operator<=>(const RemedyKey&) const = default;
};

/// What is to be done now, unless it was before.
struct RemedyOrder {
  RemedyKey key;
  RemedyRule rule;
  Incident incident;  ///< as of now
  Problem problem;    ///< the alert that wants it
};

/// That something was taken on: from then on it is not done again, neither for this occurrence nor, where the alert is
/// part of several incidents, for the others.
struct RemedyClaim {
  RemedyKey key;
  Moment at;
  store::Labels alert;  ///< Problem::labels
  Moment fired_at;      ///< of the alert

  bool operator==(const RemedyClaim&) const = default;
};

enum class RemedyOutcome : std::uint8_t {
  kSucceeded,    ///< it ended with 0
  kFailed,       ///< it ended otherwise
  kTimedOut,     ///< and was ended
  kNotStarted,   ///< it could not be
  kDryRun,       ///< it was only said what would have been done
  kInterrupted,  ///< the daemon ended meanwhile: nobody knows how far it came
  kHeldBack,     ///< it has run too often in the last hour; it runs later if it is still wanted
};

/// In the order of RemedyOutcome.
inline constexpr std::array<std::string_view, 7> kRemedyOutcomes{"succeeded", "failed",      "timed_out", "not_started",
                                                                 "dry_run",   "interrupted", "held_back"};

constexpr std::string_view name_of(RemedyOutcome outcome) {
  return kRemedyOutcomes.at(static_cast<std::size_t>(outcome));
}

/// One that was taken on, as it is kept.
struct RemedyRun {
  RemedyClaim claim;
  std::string program;  ///< without its arguments, which may be secret
  bool dry_run = false;
  std::optional<Moment> ended_at;  ///< nothing: it runs, or was interrupted
  std::string outcome;             ///< RemedyOutcome's name; empty: likewise
  std::string how;                 ///< in words: "exit code 1"
  std::string output;              ///< what it wrote, the beginning

  bool operator==(const RemedyRun&) const = default;
};

}  // namespace sonde::alerts
