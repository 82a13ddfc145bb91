#include "app/people_notices.h"

#include <cstddef>
#include <utility>

namespace sonde::app {
namespace {

/// Incidents that a notice names.
constexpr std::size_t kMostNamed = 20;

notify::Notification notice_of(const std::string& rule, std::string summary, const std::string& host, WallTime now) {
  notify::Notification notification;
  notification.notice = true;
  notification.rule = rule;
  notification.severity = rules::Severity::kInfo;
  notification.summary = std::move(summary);
  notification.host = host;
  notification.labels = {{"alertname", rule}, {"severity", "info"}};
  notification.started_at = notification.at = now;
  return notification;
}

}  // namespace

std::string name_or_nobody(const std::string& person) { return person.empty() ? "nobody" : person; }

notify::Notification handover_notice(const Handover& handover, std::span<const alerts::Incident> incidents,
                                     const std::string& host, WallTime now) {
  std::string summary = name_or_nobody(handover.comes) + (handover.comes.empty() ? " is" : " is now") +
                        " on call for " + handover.schedule;
  if (!handover.leaves.empty()) summary += ", " + handover.leaves + " is off duty";
  notify::Notification notification = notice_of("On call: " + handover.schedule, std::move(summary), host, now);
  std::string open;
  std::size_t count = 0;
  for (const alerts::Incident& incident : incidents) {
    if (incident.status == alerts::IncidentStatus::kResolved) continue;
    if (++count > kMostNamed) continue;
    const std::string name(
        incident.alerts.empty() ? "" : measure::value_of(incident.alerts.front().problem.labels, "alertname"));
    open += "\n#" + std::to_string(incident.id) + " " + std::string(rules::name_of(incident.severity)) + " " + name +
            " (" + std::string(alerts::name_of(incident.status)) + ")";
  }
  if (count > kMostNamed) open += "\nand " + std::to_string(count - kMostNamed) + " more";
  notification.description = count == 0 ? "No incident is open." : "Open incidents:" + open;
  notification.dedup_key =
      host + "/hand-off/" + handover.schedule + "/" + std::to_string(now.time_since_epoch().count());
  return notification;
}

notify::Notification missed_notice(const alerts::Incident& incident, const std::string& what, const std::string& host,
                                   WallTime now) {
  notify::Notification notification = notice_of("Escalation has stopped", what, host, now);
  notification.severity = rules::Severity::kCritical;
  notification.labels[1].value = "critical";
  notification.description = "Nobody is called any more, although nobody has acknowledged it. Look at it yourself.";
  notification.dedup_key = host + "/missed/" + std::to_string(incident.id) + "/" + std::to_string(incident.runs);
  return notification;
}

}  // namespace sonde::app
