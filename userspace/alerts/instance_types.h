#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "rules/types.h"
#include "store/types.h"

namespace sonde::alerts {

/// When something happens. Durations go by `elapsed`: it grows with CLOCK_BOOTTIME, over restarts too, so that setting
/// the wall clock neither hurries nor holds an alert.  units: `elapsed` since the very first start.
struct Moment {
  WallTime wall;
  std::chrono::nanoseconds elapsed{0};

  bool operator==(const Moment&) const = default;
};

/// Where an instance (one rule, one set of labels) stands.
enum class InstanceState : std::uint8_t { kInactive, kPending, kFiring, kRecovering };

constexpr std::string_view name_of(InstanceState state) {
  switch (state) {
    case InstanceState::kInactive:
      return "inactive";
    case InstanceState::kPending:
      return "pending";
    case InstanceState::kFiring:
      return "firing";
    case InstanceState::kRecovering:
      return "recovering";
  }
  std::abort();
}

/// Whether the last evaluation had an answer.
enum class DataState : std::uint8_t { kOk, kNoData, kError };

/// Everything that is known of an instance, as it is kept over restarts.
struct Instance {
  std::string uid;       ///< of the rule
  store::Labels labels;  ///< with alertname
  store::Labels subject;
  InstanceState state = InstanceState::kInactive;
  Moment active_at;                       ///< first breach of this run
  Moment fired_at;                        ///< meaningless before it fired
  Moment keep_since;                      ///< kRecovering: the first answer that was no breach
  Moment answered_at;                     ///< the last evaluation with an answer
  std::chrono::nanoseconds uncounted{0};  ///< without an answer since active_at, or since keep_since
  double keep_factor = 1;
  Moment calm_since;  ///< of the adaptive factor: when it last became inactive
  std::uint32_t breaches = 0;
  std::uint32_t clears = 0;
  std::uint32_t unanswered = 0;  ///< evaluations in a row
  std::uint32_t missing = 0;     ///< of them, those without a sample
  bool only_missing = false;     ///< since active_at there was no sample at all
  DataState data = DataState::kOk;
  double value = 0;
  std::string why;  ///< what holds it back: a gate, or why there is no answer
  std::vector<measure::Label> annotations;
  std::uint64_t revision = 0;  ///< of the rule's text when it was last evaluated

  bool operator==(const Instance&) const = default;
};

/// What is known of a rule, as it is kept over restarts.
struct RuleStanding {
  std::string uid;
  std::string alert;
  Moment evaluated_at;                         ///< the last time
  bool had_answer = false;                     ///< ever: what never said anything is not blind
  std::chrono::nanoseconds unanswered_for{0};  ///< evaluated without any sample, or in vain, since the last answer
  bool blind = false;                          ///< has had no answer for BookOptions::blind_after
  bool limited = false;                        ///< refuses alerts; until there are fewer than its limit
  std::uint64_t refused = 0;                   ///< alerts, by its limit
  std::uint64_t gated = 0;                     ///< breaches that a gate kept from becoming pending
  std::uint64_t forgotten = 0;                 ///< inactive instances there was no room to remember

  bool operator==(const RuleStanding&) const = default;
};

/// What is quiet because something holds it back, as of its rule's last evaluation.
struct HeldBack {
  std::string uid;
  store::Labels labels;
  store::Labels subject;
  double value = 0;
  std::string why;
};

/// What happened: to an instance first, from kHeld on to a problem, from kOpened on to an incident.
enum class Change : std::uint8_t {
  kPending,
  kPendingEnded,
  kFired,
  kRecovering,
  kRefired,
  kCleared,
  kUnanswered,     ///< no answer any more, and why; changes no state
  kHeld,           ///< fires, and people are not told, and why
  kFlapping,       ///< changes too often to tell each
  kFlappingEnded,  ///< has been quiet
  kOpened,
  kReopened,
  kJoined,   ///< another alert
  kRaised,   ///< to a higher severity
  kTold,     ///< a channel, which answered
  kNotTold,  ///< a channel, for good, and why
  kUnsent,   ///< a message that was not worth sending any more, and why
  kMuted,    ///< its route tells nothing at this time
  kAcknowledged,
  kUnacknowledged,  ///< by a person, or since its time is over
  kSnoozed,
  kSnoozeEnded,
  kAssigned,
  kNoted,
  kMerged,  ///< into another one
  kResolved,
  kEscalated,      ///< people are called, by which step of which policy
  kNobodyOnCall,   ///< a step had nobody to call
  kExhausted,      ///< every step has been taken, and nobody has answered
  kHandedOff,      ///< somebody else is on call
  kReviewed,       ///< what it was, and what was done
  kVerified,       ///< what was done has helped
  kCameBack,       ///< what was done has not helped
  kRemedyStarted,  ///< a program of the operator's own
  kRemedyEnded,    ///< and how, with what it wrote
};

/// In the order of Change.
inline constexpr std::array<std::string_view, 35> kChangeNames{"pending",
                                                               "pending ended",
                                                               "fired",
                                                               "recovering",
                                                               "refired",
                                                               "cleared",
                                                               "unanswered",
                                                               "held",
                                                               "flapping",
                                                               "flapping ended",
                                                               "opened",
                                                               "reopened",
                                                               "joined",
                                                               "raised",
                                                               "told",
                                                               "not told",
                                                               "unsent",
                                                               "muted",
                                                               "acknowledged",
                                                               "unacknowledged",
                                                               "snoozed",
                                                               "snooze ended",
                                                               "assigned",
                                                               "noted",
                                                               "merged",
                                                               "resolved",
                                                               "escalated",
                                                               "nobody on call",
                                                               "escalation exhausted",
                                                               "handed off",
                                                               "reviewed",
                                                               "verified",
                                                               "came back",
                                                               "remedy started",
                                                               "remedy ended"};

constexpr std::string_view name_of(Change change) { return kChangeNames.at(static_cast<std::size_t>(change)); }

/// Alerts with the same labels but `severity` are one problem: it rises and falls.
struct Problem {
  store::Labels labels;  ///< with alertname, without severity
  std::string uid;       ///< of the rule that gives it its severity; empty: Sonde's own
  bool firing = false;   ///< what flaps, or has flapped, is remembered while it does not
  std::string reason;    ///< why it last fired or cleared, as in Notice
  rules::Severity severity = rules::Severity::kWarning;
  rules::Severity highest = rules::Severity::kWarning;  ///< since it fired
  Moment started_at;                                    ///< first breach
  Moment fired_at;
  double value = 0;
  std::vector<measure::Label> annotations;
  bool pages = false;
  bool told = false;  ///< a firing notice has gone out that no resolved one has followed
  rules::Severity told_severity = rules::Severity::kWarning;  ///< the highest that was told
  bool flapping = false;
  bool told_flapping = false;                     ///< of this time that it flaps
  std::vector<std::chrono::nanoseconds> changes;  ///< fired and cleared: the last, as many as make it flap
  std::vector<std::string> held_by;               ///< alerts that inhibit it, by name; "start" until every rule has run
  std::chrono::nanoseconds released_at{0};        ///< when the last inhibitor ended; 0: none did

  bool operator==(const Problem&) const = default;
};

enum class NoticeKind : std::uint8_t { kFiring, kSeverityUp, kFlapping, kResolved };

constexpr std::string_view name_of(NoticeKind kind) {
  switch (kind) {
    case NoticeKind::kFiring:
      return "firing";
    case NoticeKind::kSeverityUp:
      return "severity up";
    case NoticeKind::kFlapping:
      return "flapping";
    case NoticeKind::kResolved:
      return "resolved";
  }
  std::abort();
}

/// What a person should hear. kFlapping also tells what has not been told; it is resolved like kFiring.
struct Notice {
  NoticeKind kind = NoticeKind::kFiring;
  Problem problem;
  Moment at;
  std::string reason;  ///< "auto", "rule_removed", "rule_changed", "missing_series", "nodata", "flapping ended",
                       ///< "released"; may be empty

  bool operator==(const Notice&) const = default;
};

/// A line of what happened, for whoever asks later.
struct TimelineEntry {
  Moment at;
  std::string uid;       ///< of the rule; empty: it is about an incident as a whole
  store::Labels labels;  ///< likewise
  Change change = Change::kPending;
  std::string reason;  ///< also a person's note, a channel's answer
  double value = 0;
  std::int64_t incident = 0;  ///< 0: of none
  std::string actor{};        ///< a person, by the name they gave; empty: Sonde itself
  std::string channel{};      ///< that was told, or was not

  bool operator==(const TimelineEntry&) const = default;
};

/// `service` sends requests to `depends_on`, a service or an ADDRESS:PORT, as Sonde sees it.
struct Dependency {
  std::string service;
  std::string depends_on;
};

}  // namespace sonde::alerts
