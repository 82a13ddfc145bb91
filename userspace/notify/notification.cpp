#include "notify/notification.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "notify/reason_words.h"
#include "notify/wording.h"

namespace sonde::notify {
namespace {

using measure::value_of;

constexpr std::size_t kMostEvidence = 5;
constexpr std::string_view kRunbook = "runbook_url";

std::vector<std::string> evidence_of(std::span<const host::Event> events) {
  std::vector<std::string> lines;
  const std::size_t count = std::min(events.size(), kMostEvidence);
  const auto newest = events.last(count);
  std::for_each(newest.rbegin(), newest.rend(),
                [&](const host::Event& event) { lines.push_back(time_of_day(event.at) + " " + event.what); });
  return lines;
}

/// With the severity that people know it by: of what is over, the one that was told.
store::Labels labels_of(const alerts::Problem& problem, bool firing) {
  store::Labels labels = problem.labels;
  if (value_of(labels, "severity").empty()) {
    std::erase_if(labels, [](const measure::Label& label) { return label.name == "severity"; });
    labels.push_back({"severity", std::string(rules::name_of(firing ? problem.severity : problem.told_severity))});
  }
  std::ranges::sort(labels, {}, &measure::Label::name);
  return labels;
}

AlertLine line_of(const alerts::Problem& problem, bool firing, const std::string& runbook_base) {
  AlertLine line{.firing = firing,
                 .labels = labels_of(problem, firing),
                 .annotations = problem.annotations,
                 .value = problem.value,
                 .started_at = problem.started_at.wall};
  for (measure::Label& annotation : line.annotations) {
    if (annotation.name == kRunbook) annotation.value = runbook_link(annotation.value, runbook_base);
  }
  return line;
}

/// What fires stands first, and the worst of it before the rest; then whatever has lasted longest.
void sort_worst_first(std::vector<AlertLine>& alerts) {
  const auto rank = [](const AlertLine& alert) {
    return std::tuple(!alert.firing, -static_cast<int>(rules::severity_of(alert.labels)), alert.started_at);
  };
  std::ranges::stable_sort(alerts,
                           [&](const AlertLine& one, const AlertLine& other) { return rank(one) < rank(other); });
}

/// An incident that somebody has resolved takes along what still fires; one that was merged leaves it to the other.
std::vector<AlertLine> lines_of(const alerts::Page& page, const std::string& runbook_base) {
  const alerts::Incident& incident = page.incident;
  const bool ends_all = page.kind == alerts::PageKind::kResolved && incident.merged_into == 0;
  std::vector<AlertLine> lines;
  lines.reserve(incident.alerts.size());
  for (const alerts::IncidentAlert& alert : incident.alerts) {
    AlertLine line = line_of(alert.problem, alert.firing, runbook_base);
    line.reason = reason_in_words(alert.reason);
    if (!alert.firing) line.ended_at = alert.ended_at.wall;
    lines.push_back(std::move(line));
  }
  sort_worst_first(lines);
  for (AlertLine& line : lines) {
    if (ends_all && line.firing) line.ended_at = page.at.wall;
    line.firing = line.firing && !ends_all;
  }
  return lines;
}

MessageKind kind_of(alerts::PageKind kind) {
  switch (kind) {
    case alerts::PageKind::kFiring:
      return MessageKind::kFiring;
    case alerts::PageKind::kUpdate:
      return MessageKind::kUpdate;
    case alerts::PageKind::kRepeat:
      return MessageKind::kRepeat;
    case alerts::PageKind::kResolved:
      return MessageKind::kResolved;
    case alerts::PageKind::kAcknowledged:
      return MessageKind::kAcknowledged;
    case alerts::PageKind::kNoticed:
      return MessageKind::kNoticed;
  }
  std::abort();
}

std::string reason_of(const alerts::Page& page) {
  const alerts::Incident& incident = page.incident;
  const bool is_resolved = page.kind == alerts::PageKind::kResolved;
  if (is_resolved && incident.merged_into != 0) return "merged into #" + std::to_string(incident.merged_into);
  // A note says what it says.
  if (page.kind == alerts::PageKind::kNoticed) return page.reason;
  if (is_resolved && !page.actor.empty()) return "resolved by " + page.actor;
  return reason_in_words(page.reason);
}

/// Whoever it was given to, else whoever has acknowledged it.
std::string assignee_of(const alerts::Incident& incident) {
  const bool is_taken =
      incident.status == alerts::IncidentStatus::kAcknowledged || incident.status == alerts::IncidentStatus::kSnoozed;
  if (!incident.assignee.empty() || !is_taken) return incident.assignee;
  std::string names;
  for (const std::string& name : incident.acknowledged_by) names += (names.empty() ? "" : ", ") + name;
  return names;
}

/// What the headline and the details are about.
void tell_of(Notification& notification, const AlertLine& alert) {
  notification.rule = value_of(alert.labels, "alertname");
  notification.service = service_of(alert.labels);
  notification.labels = alert.labels;
  notification.summary = value_of(alert.annotations, "summary");
  notification.description = value_of(alert.annotations, "description");
  notification.runbook_url = value_of(alert.annotations, kRunbook);
  notification.value = alert.value;
  notification.started_at = alert.started_at;
}

void add_links(Notification& notification, const alerts::Incident& incident, std::string base) {
  if (base.empty()) return;
  while (base.ends_with('/')) base.pop_back();
  notification.incident_url = base + "/incidents/" + std::to_string(incident.id);
  if (incident.status == alerts::IncidentStatus::kTriggered) notification.acknowledge_url = notification.incident_url;
}

/// The same from the first message of a problem to its last, over restarts too.
std::string dedup_key(const alerts::Problem& problem, const std::string& host) {
  std::string key = host;
  for (const measure::Label& label : problem.labels) key += '/' + label.name + '=' + label.value;
  return key + '/' + std::to_string(problem.started_at.wall.time_since_epoch().count());
}

}  // namespace

std::string service_of(const store::Labels& labels) { return std::string(value_of(labels, "service_name")); }

// By its number: when it was opened changes with each occurrence, and so may its group's alerts.
std::string dedup_key_of(const alerts::Incident& incident, const std::string& host) {
  return host + '/' + incident.group.key + "/incident-" + std::to_string(incident.id);
}

Notification make_notification(const alerts::Page& page, const std::string& host, std::span<const host::Event> events,
                               const NotifyOptions& options) {
  const alerts::Incident& incident = page.incident;
  Notification notification;
  notification.kind = kind_of(page.kind);
  notification.incident = incident.id;
  notification.occurrence = incident.occurrence;
  notification.number = incident.pages;
  notification.receiver = incident.group.receiver;
  notification.group_key = incident.group.key;
  notification.group_labels = incident.group_labels;
  notification.alerts = lines_of(page, options.runbook_base);
  notification.actor = page.actor;
  notification.assignee = assignee_of(incident);
  notification.firing = page.kind != alerts::PageKind::kResolved;
  notification.host = host;
  notification.started_at = incident.opened_at.wall;
  notification.rule = "incident #" + std::to_string(incident.id);
  if (!notification.alerts.empty()) tell_of(notification, notification.alerts.front());
  notification.severity = incident.severity;
  notification.unanswered =
      tells_what_fires(notification.kind) && incident.status == alerts::IncidentStatus::kTriggered;
  notification.reason = reason_of(page);
  notification.at = page.at.wall;
  notification.dedup_key = dedup_key_of(incident, host);
  notification.evidence = evidence_of(events);
  add_links(notification, incident, options.external_url);
  return notification;
}

Notification make_notification(const alerts::Notice& notice, const std::string& host,
                               std::span<const host::Event> events) {
  const alerts::Problem& problem = notice.problem;
  Notification notification;
  notification.firing = notice.kind != alerts::NoticeKind::kResolved;
  const bool rises = notice.kind == alerts::NoticeKind::kSeverityUp;
  notification.kind =
      !notification.firing ? MessageKind::kResolved : (rises ? MessageKind::kUpdate : MessageKind::kFiring);
  notification.alerts = {line_of(problem, notification.firing, "")};
  AlertLine& alert = notification.alerts.front();
  if (!notification.firing) alert.ended_at = notice.at.wall;
  tell_of(notification, alert);
  notification.severity = notification.firing ? problem.severity : problem.told_severity;
  notification.host = host;
  notification.reason = rises ? "severity raised" : reason_in_words(notice.reason);
  if (notice.kind == alerts::NoticeKind::kFlapping) notification.reason = reason_in_words("flapping");
  notification.at = notice.at.wall;
  notification.dedup_key = dedup_key(problem, host);
  notification.evidence = evidence_of(events);
  return notification;
}

std::string runbook_link(const std::string& runbook, const std::string& base) {
  if (runbook.empty() || base.empty() || is_web_link(runbook)) return runbook;
  const bool base_ends = base.ends_with('/');
  const bool runbook_starts = runbook.starts_with('/');
  if (base_ends && runbook_starts) return base + runbook.substr(1);
  return base + (base_ends || runbook_starts ? "" : "/") + runbook;
}

Notification test_notification(const std::string& host, WallTime now) {
  Notification notification;
  notification.test = true;
  notification.host = host;
  notification.alerts = {
      {.labels = {{"alertname", "SondeTest"}, {"severity", "info"}},
       .annotations = {{"summary", "This is a test of the channel: nothing has happened."},
                       {"description",
                        "Somebody has run `sonde notify test`. If you can read this, alerts will reach you here."}},
       .started_at = now}};
  tell_of(notification, notification.alerts.front());
  notification.severity = rules::Severity::kInfo;
  notification.at = now;
  notification.dedup_key = host + "/SondeTest/" + std::to_string(now.time_since_epoch().count());
  return notification;
}

Notification end_of(Notification notification, WallTime now) {
  notification.kind = MessageKind::kResolved;
  notification.firing = false;
  notification.unanswered = false;
  notification.at = now;
  notification.acknowledge_url.clear();
  for (AlertLine& alert : notification.alerts) {
    if (alert.firing) alert.ended_at = now;
    alert.firing = false;
  }
  return notification;
}

}  // namespace sonde::notify
