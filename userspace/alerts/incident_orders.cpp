#include <algorithm>
#include <string>
#include <utility>

#include "alerts/incident_book.h"
#include "base/quantity.h"

namespace sonde::alerts {
namespace {

using std::chrono::nanoseconds;

/// A week, as PagerDuty has it.
constexpr std::chrono::seconds kLongestSnooze{604'800};
constexpr std::size_t kLongestNote = 4096;
constexpr std::size_t kLongestName = 256;

std::string named(const Incident& incident) { return "incident #" + std::to_string(incident.id); }

Error conflict(const Incident& incident, const std::string& why) {
  return {Code::kConflict, named(incident) + " is " + std::string(name_of(incident.status)) + " (version " +
                               std::to_string(incident.version) + "): " + why};
}

Error refuse(std::string why) { return {Code::kBadInput, std::move(why)}; }

bool is_over(const Incident& incident) { return incident.status == IncidentStatus::kResolved; }

Result<> check(const Incident& incident, const IncidentOrder& order) {
  if (order.version && *order.version != incident.version) {
    return Error{Code::kStale, named(incident) + " is of version " + std::to_string(incident.version) +
                                   " by now, not " + std::to_string(*order.version) + ": look at it again"};
  }
  if (order.actor.empty()) return refuse("say who you are: the name of whoever acts is part of what happened");
  if (order.actor.size() > kLongestName) return refuse("a name has at most 256 bytes");
  if (order.text.size() > kLongestNote) return refuse("a note has at most 4096 bytes");
  return Ok{};
}

}  // namespace

Result<Incident> IncidentBook::order(std::int64_t id, const IncidentOrder& order, Moment now,
                                     std::vector<Page>& pages) {
  const auto found = incidents_.find(id);
  if (found == incidents_.end()) return Error{Code::kNotFound, "there is no incident #" + std::to_string(id)};
  Incident& incident = found->second;
  SONDE_TRY(check(incident, order));
  now_ = now;
  SONDE_TRY(carry_out(incident, order));
  pages.insert(pages.end(), pages_.begin(), pages_.end());
  pages_.clear();
  return incident;
}

Result<> IncidentBook::carry_out(Incident& incident, const IncidentOrder& order) {
  switch (order.action) {
    case IncidentAction::kAcknowledge:
      return acknowledge(incident, order);
    case IncidentAction::kUnacknowledge:
      return unacknowledge(incident, order);
    case IncidentAction::kSnooze:
      return snooze(incident, order);
    case IncidentAction::kResolve:
      if (!is_over(incident)) resolve(incident, "manual", order.actor);
      return Ok{};
    case IncidentAction::kNote:
      return add_note(incident, order);
    case IncidentAction::kAssign:
      return assign(incident, order);
    case IncidentAction::kMerge:
      return merge(incident, order);
    case IncidentAction::kEscalate:
      return escalate(incident, order);
  }
  return refuse("there is no such action");
}

Result<> IncidentBook::acknowledge(Incident& incident, const IncidentOrder& order) {
  if (is_over(incident)) return conflict(incident, "there is nothing to acknowledge any more");
  if (order.length < nanoseconds{0}) return refuse("an acknowledgement cannot last less than no time");
  const bool was_acknowledged = incident.status == IncidentStatus::kAcknowledged;
  const bool is_known = std::ranges::find(incident.acknowledged_by, order.actor) != incident.acknowledged_by.end();
  if (was_acknowledged && is_known && !order.renew) return Ok{};
  if (!is_known) incident.acknowledged_by.push_back(order.actor);
  if (!incident.acknowledged_at) incident.acknowledged_at = now_;
  if (!was_acknowledged || order.renew) {
    const bool is_critical = incident.severity == rules::Severity::kCritical;
    const nanoseconds usual = is_critical ? options_.acknowledge_timeout_critical : options_.acknowledge_timeout;
    const nanoseconds length = order.length == nanoseconds{0} ? usual : order.length;
    incident.until = Moment{now_.wall + length, now_.elapsed + length};
  }
  incident.status = IncidentStatus::kAcknowledged;
  ++incident.version;
  incident.changed_at = now_;
  note(incident, Change::kAcknowledged, order.text, order.actor);
  if (!was_acknowledged) page(incident, PageKind::kAcknowledged, order.text, order.actor);
  return Ok{};
}

Result<> IncidentBook::unacknowledge(Incident& incident, const IncidentOrder& order) {
  if (is_over(incident)) return conflict(incident, "it cannot be opened again by hand");
  if (incident.status == IncidentStatus::kTriggered) return Ok{};
  trigger_again(incident, Change::kUnacknowledged, "given back by " + order.actor, order.actor);
  return Ok{};
}

Result<> IncidentBook::snooze(Incident& incident, const IncidentOrder& order) {
  if (order.length < std::chrono::seconds{1} || order.length > kLongestSnooze) {
    return refuse("a snooze lasts from 1 second to 7 days, such as 1h");
  }
  if (is_over(incident)) return conflict(incident, "there is nothing to snooze any more");
  incident.status = IncidentStatus::kSnoozed;
  incident.until = Moment{now_.wall + order.length, now_.elapsed + order.length};
  if (!incident.acknowledged_at) incident.acknowledged_at = now_;
  if (std::ranges::find(incident.acknowledged_by, order.actor) == incident.acknowledged_by.end()) {
    incident.acknowledged_by.push_back(order.actor);
  }
  ++incident.version;
  incident.changed_at = now_;
  const std::string text = "snoozed for " + format_duration(order.length);
  note(incident, Change::kSnoozed, order.text.empty() ? text : text + ": " + order.text, order.actor);
  page(incident, PageKind::kAcknowledged, text, order.actor);
  return Ok{};
}

/// Also of what is over: what was found out afterwards belongs to it.
Result<> IncidentBook::add_note(Incident& incident, const IncidentOrder& order) {
  if (order.text.empty()) return refuse("an empty note says nothing");
  note(incident, Change::kNoted, order.text, order.actor);
  ++incident.version;
  incident.changed_at = now_;
  if (incident.told && !is_over(incident)) page(incident, PageKind::kNoticed, order.text, order.actor);
  return Ok{};
}

Result<> IncidentBook::assign(Incident& incident, const IncidentOrder& order) {
  if (is_over(incident)) return conflict(incident, "nobody has to care for it any more");
  if (order.text.size() > kLongestName) return refuse("a name has at most 256 bytes");
  if (incident.assignee == order.text) return Ok{};
  incident.assignee = order.text;
  ++incident.version;
  incident.changed_at = now_;
  note(incident, Change::kAssigned, order.text.empty() ? "to nobody" : "to " + order.text, order.actor);
  if (incident.told) page(incident, PageKind::kNoticed, "assigned to " + order.text, order.actor);
  return Ok{};
}

/// Its alerts, and those that would still come to it, belong to the other one from now on.
Result<> IncidentBook::merge(Incident& incident, const IncidentOrder& order) {
  const auto found = incidents_.find(order.into);
  if (found == incidents_.end()) return Error{Code::kNotFound, "there is no incident #" + std::to_string(order.into)};
  Incident& target = found->second;
  if (order.into == incident.id) return refuse("an incident cannot be merged into itself");
  if (is_over(incident)) return conflict(incident, "there is nothing to merge any more");
  if (is_over(target)) return conflict(target, "nothing can be merged into it any more");
  const std::string into = "into #" + std::to_string(target.id);
  note(incident, Change::kMerged, into, order.actor);
  note(target, Change::kMerged, "#" + std::to_string(incident.id) + " " + into, order.actor);
  incident.merged_into = target.id;
  std::vector<IncidentAlert> moved;
  for (const IncidentAlert& alert : incident.alerts) {
    if (alert.firing) moved.push_back(alert);
  }
  resolve(incident, "merged", order.actor);
  unindex(incident);
  for (IncidentAlert& alert : incident.alerts) alert.firing = false;
  target.merged_groups.push_back(incident.group);
  std::ranges::copy(incident.merged_groups, std::back_inserter(target.merged_groups));
  for (const IncidentAlert& alert : moved) {
    refresh(target, {NoticeKind::kFiring, alert.problem, now_, ""}, way_of(target).waits);
  }
  latest_[incident.group] = target.id;
  for (const IncidentGroup& group : incident.merged_groups) latest_[group] = target.id;
  index(target);
  return Ok{};
}

/// The next people are called without waiting any longer; who calls them sees it by `pushes`.
Result<> IncidentBook::escalate(Incident& incident, const IncidentOrder& order) {
  if (incident.status != IncidentStatus::kTriggered) {
    return conflict(incident, is_over(incident) ? "nobody has to be called any more"
                                                : "somebody has taken it on: unacknowledge it first");
  }
  if (!incident.escalation) return conflict(incident, "no escalation policy is for it");
  if (incident.escalation->exhausted) return conflict(incident, "everybody its policy names has been called");
  ++incident.pushes;
  ++incident.version;
  incident.changed_at = now_;
  note(incident, Change::kEscalated, order.text.empty() ? "by hand" : "by hand: " + order.text, order.actor);
  return Ok{};
}

}  // namespace sonde::alerts
