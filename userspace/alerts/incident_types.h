#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/instance_types.h"
#include "rules/types.h"
#include "store/types.h"

namespace sonde::alerts {

enum class IncidentStatus : std::uint8_t { kTriggered, kAcknowledged, kSnoozed, kResolved };

constexpr std::string_view name_of(IncidentStatus status) {
  switch (status) {
    case IncidentStatus::kTriggered:
      return "triggered";
    case IncidentStatus::kAcknowledged:
      return "acknowledged";
    case IncidentStatus::kSnoozed:
      return "snoozed";
    case IncidentStatus::kResolved:
      return "resolved";
  }
  std::abort();
}

/// An alert that is, or was, part of an incident.
struct IncidentAlert {
  Problem problem;  ///< as people were last told of it
  bool firing = true;
  Moment joined_at;
  Moment ended_at;          ///< of one that does not fire any more
  std::string reason;       ///< why it was told last, as in Notice
  bool told_ended = false;  ///< and people have been told that it does not

  bool operator==(const IncidentAlert&) const = default;
};

/// Whose alerts an incident takes: those of one group of a receiver.
struct IncidentGroup {
  std::string receiver;
  std::string key;  ///< RouteMatch::group_key

  bool operator==(const IncidentGroup&) const = default;
  auto operator<=>(const IncidentGroup&) const = default;
};

/// Somebody is called later, as their own rules say, unless the incident is taken on before.
struct PendingCall {
  std::string person;
  std::string channel;
  Moment due_at;

  bool operator==(const PendingCall&) const = default;
};

/// How far the calling of people by an escalation policy has come.
struct Escalation {
  std::string policy;
  std::uint32_t run = 0;              ///< Incident::runs that it is about
  std::string step;                   ///< the name of the one that is next
  std::uint32_t step_number = 0;      ///< its place in the policy, from 0
  std::uint32_t round = 0;            ///< how often all steps have been taken
  std::optional<Moment> next_at{};    ///< when it is; nothing: nobody is called any more
  std::optional<Moment> paused_at{};  ///< since when something holds the incident back
  bool exhausted = false;             ///< every step has been taken as often as the policy says
  std::uint32_t pushes = 0;           ///< of Incident::pushes, those that were followed
  std::vector<PendingCall> pending{};
  std::vector<std::string>
      called{};  ///< people, and channels of the policy, in the order of their first call in this run
  std::vector<std::string> outstanding{};  ///< channels of the last step's calls that have not failed

  bool operator==(const Escalation&) const = default;
};

/// What needs somebody to act: alerts of one group, from the first that people should hear of to the end of the last.
struct Incident {
  std::int64_t id = 0;           ///< grows from incident to incident
  std::uint32_t occurrence = 1;  ///< grows when it is opened again
  std::uint64_t version = 1;     ///< grows with each change that people see
  std::uint64_t pages = 0;       ///< messages about it so far
  IncidentGroup group;
  std::vector<IncidentGroup> merged_groups;  ///< of incidents that were merged into it
  store::Labels group_labels;
  IncidentStatus status = IncidentStatus::kTriggered;
  rules::Severity severity = rules::Severity::kInfo;  ///< the highest of what fires; of a resolved one, as it was last
  rules::Severity highest = rules::Severity::kInfo;
  std::vector<IncidentAlert> alerts;
  Moment opened_at;    ///< of this occurrence
  Moment resolved_at;  ///< meaningless before
  Moment changed_at;
  std::optional<Moment> acknowledged_at;  ///< the first time in this occurrence
  std::vector<std::string> acknowledged_by;
  std::optional<Moment> until;  ///< when an acknowledgement or a snooze ends
  std::string assignee;
  std::string resolve_reason;           ///< "auto", "manual", "merged", or as of a Notice
  std::int64_t previous = 0;            ///< the last of the same group; 0: none
  std::int64_t merged_into = 0;         ///< 0: none
  std::vector<std::string> channels;    ///< that messages about it went to
  bool told = false;                    ///< a message about this occurrence has gone to the outbox
  std::optional<Moment> due_at;         ///< when what `news` says is told
  std::chrono::nanoseconds told_at{0};  ///< the last message about what fires, by Moment::elapsed
  std::vector<std::string> news;        ///< why there is something to tell, each once
  std::vector<std::string> muted_by;    ///< time intervals that keep its news
  std::uint32_t runs = 0;    ///< how often it has become kTriggered: each time people are called from the first on
  std::uint32_t pushes = 0;  ///< how often somebody wanted the next people called at once
  std::string run_reason;    ///< why the last run began: "acknowledgement expired"; empty: it was opened
  bool held = false;         ///< all that fires is held back
  std::optional<Escalation> escalation;  ///< nothing: no policy is for it

  bool operator==(const Incident&) const = default;
};

/// What somebody wants of an incident.
enum class IncidentAction : std::uint8_t {
  kAcknowledge,
  kUnacknowledge,
  kSnooze,
  kResolve,
  kNote,
  kAssign,
  kMerge,
  kEscalate
};

struct IncidentOrder {
  IncidentAction action = IncidentAction::kAcknowledge;
  std::string actor;
  std::optional<std::uint64_t> version{};  ///< that they saw; nothing: whatever it is now
  std::string text{};                      ///< a note; of kAssign: to whom
  std::chrono::nanoseconds length{0};      ///< of a snooze; of an acknowledgement: 0 for the usual
  bool renew = false;                      ///< an acknowledgement that is there begins its time anew
  std::int64_t into = 0;                   ///< of kMerge
};

enum class PageKind : std::uint8_t {
  kFiring,  ///< the first of an occurrence, and after an acknowledgement or a snooze that has ended
  kUpdate,  ///< other alerts, or a higher severity
  kRepeat,  ///< nothing new, but it still fires
  kResolved,
  kAcknowledged,
  kNoticed,  ///< something people did that changes no state at the receiver: assigned, noted
};

constexpr std::string_view name_of(PageKind kind) {
  switch (kind) {
    case PageKind::kFiring:
      return "firing";
    case PageKind::kUpdate:
      return "update";
    case PageKind::kRepeat:
      return "repeat";
    case PageKind::kResolved:
      return "resolved";
    case PageKind::kAcknowledged:
      return "acknowledged";
    case PageKind::kNoticed:
      return "noticed";
  }
  std::abort();
}

/// What an incident's receiver is to be told. Only who was told of this occurrence hears what is not kFiring, kUpdate
/// or kRepeat.
struct Page {
  PageKind kind = PageKind::kFiring;
  Incident incident;  ///< as of now; its `pages` is this one's number
  std::string reason;
  std::string actor;
  Moment at;
};

/// How incidents go with time.
struct IncidentOptions {
  std::chrono::nanoseconds acknowledge_timeout = std::chrono::hours{4};
  std::chrono::nanoseconds acknowledge_timeout_critical = std::chrono::minutes{30};
  std::chrono::nanoseconds reopen_window = std::chrono::minutes{15};        ///< after it resolved by itself
  std::chrono::nanoseconds manual_resolve_grace = std::chrono::minutes{5};  ///< then what still fires comes back
  std::chrono::nanoseconds verify_after = std::chrono::hours{24 * 7};       ///< without an alert: what is fixed is
};

}  // namespace sonde::alerts
