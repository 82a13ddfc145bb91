#pragma once

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <optional>
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

/// What happened to an instance; what people hear is a Notice. The last three are of a problem, and change no state.
enum class InstanceChange : std::uint8_t {
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
};

constexpr std::string_view name_of(InstanceChange change) {
  switch (change) {
    case InstanceChange::kPending:
      return "pending";
    case InstanceChange::kPendingEnded:
      return "pending ended";
    case InstanceChange::kFired:
      return "fired";
    case InstanceChange::kRecovering:
      return "recovering";
    case InstanceChange::kRefired:
      return "refired";
    case InstanceChange::kCleared:
      return "cleared";
    case InstanceChange::kUnanswered:
      return "unanswered";
    case InstanceChange::kHeld:
      return "held";
    case InstanceChange::kFlapping:
      return "flapping";
    case InstanceChange::kFlappingEnded:
      return "flapping ended";
  }
  std::abort();
}

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
  std::string uid;
  store::Labels labels;
  InstanceChange change = InstanceChange::kPending;
  std::string reason;
  double value = 0;

  bool operator==(const TimelineEntry&) const = default;
};

/// `service` sends requests to `depends_on`, a service or an ADDRESS:PORT, as Sonde sees it.
struct Dependency {
  std::string service;
  std::string depends_on;
};

/// A condition that is no label's own but the time's: all that is given must hold, and nothing given holds always.
/// units: minutes from midnight, the end excluded; else both ends included; weekdays from 0, Sunday; days of a month
/// from 1, or from -1, its last; months from 1.  shape: as Alertmanager's; an empty list never holds.
struct TimeInterval {
  struct Range {
    int first = 0;
    int last = 0;

    bool operator==(const Range&) const = default;
  };
  using Ranges = std::optional<std::vector<Range>>;

  Ranges times{};
  Ranges weekdays{};
  Ranges days_of_month{};
  Ranges months{};
  Ranges years{};
  std::string location{};  ///< an IANA name, or Local; empty: UTC

  bool operator==(const TimeInterval&) const = default;
};

/// It holds when any of its intervals does.
struct NamedTimeInterval {
  std::string name;
  std::vector<TimeInterval> intervals;

  bool operator==(const NamedTimeInterval&) const = default;
};

/// A node of the tree that says who is told of which alert. What is not given is the parent's.
struct Route {
  std::string receiver{};
  std::vector<std::string> group_by{};  ///< empty: the parent's
  bool group_by_all = false;            ///< by every label, written as `...`
  std::vector<store::Matcher> matchers{};
  bool goes_on = false;  ///< `continue`: the next siblings are asked, too
  std::optional<std::chrono::nanoseconds> group_wait{};
  std::optional<std::chrono::nanoseconds> group_interval{};
  std::optional<std::chrono::nanoseconds> repeat_interval{};
  std::vector<std::string> mute_time_intervals{};  ///< these two are not inherited
  std::vector<std::string> active_time_intervals{};
  std::vector<Route> routes{};

  bool operator==(const Route&) const = default;
};

/// While an alert that fits `source` fires, no alert that fits `target` is told whose labels `equal` are the same.
struct InhibitRule {
  std::vector<store::Matcher> source;
  std::vector<store::Matcher> target;
  std::vector<std::string> equal;

  bool operator==(const InhibitRule&) const = default;
};

/// A time that comes again and again, in which work is expected to be seen.
struct MaintenanceWindow {
  std::string name;
  std::vector<TimeInterval> schedule;    ///< any
  std::vector<store::Matcher> matchers;  ///< all; none: every alert
  std::string comment;

  bool operator==(const MaintenanceWindow&) const = default;
};

enum class SilenceState : std::uint8_t { kExpired, kActive, kPending };

constexpr std::string_view name_of(SilenceState state) {
  switch (state) {
    case SilenceState::kExpired:
      return "expired";
    case SilenceState::kActive:
      return "active";
    case SilenceState::kPending:
      return "pending";
  }
  std::abort();
}

/// Alerts that fit all of `matchers` are not told from `starts_at` on, until `ends_at`, which is after it.
struct Silence {
  std::string id;             ///< a UUID
  std::uint64_t version = 1;  ///< grows with each change under the same id
  std::vector<store::Matcher> matchers;
  WallTime starts_at;
  WallTime ends_at;
  WallTime updated_at;
  std::string author;
  std::string comment;

  bool operator==(const Silence&) const = default;
};

/// An alert of the past.
struct PastAlert {
  store::Labels labels;
  WallTime fired_at;
  std::optional<WallTime> cleared_at{};  ///< nothing: it fires
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
  std::chrono::nanoseconds quiet_until{0};  ///< the end of the last BookOptions::resume_hold

  bool operator==(const Snapshot&) const = default;
};

}  // namespace sonde::alerts
