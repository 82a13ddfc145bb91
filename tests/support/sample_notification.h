#pragma once

#include <chrono>
#include <string>

#include "notify/sender.h"
#include "notify/types.h"

namespace sonde::notify {

inline constexpr WallTime kSampleStart{std::chrono::seconds{1'800'000'000}};  // 2027-01-15T08:00:00Z

/// An alert about a service.
inline AlertLine sample_alert(const std::string& name = "HighErrorRate", const std::string& severity = "critical") {
  return {.labels = {{"alertname", name}, {"service_name", "checkout"}, {"severity", severity}},
          .annotations = {{"summary", "34.1 % of requests to checkout fail"}},
          .value = 0.341,
          .started_at = kSampleStart};
}

/// An incident of one alert, as it is told a minute after its first breach.
inline Notification firing() {
  Notification notification;
  notification.alerts = {sample_alert()};
  notification.rule = "HighErrorRate";
  notification.labels = notification.alerts.front().labels;
  notification.severity = rules::Severity::kCritical;
  notification.service = "checkout";
  notification.host = "web-1";
  notification.summary = "34.1 % of requests to checkout fail";
  notification.value = 0.341;
  notification.started_at = kSampleStart;
  notification.at = kSampleStart + std::chrono::seconds{60};
  notification.dedup_key = "key";
  return notification;
}

/// The same when it is over.
inline Notification resolved() {
  Notification notification = firing();
  notification.kind = MessageKind::kResolved;
  notification.firing = false;
  notification.value = 0;
  notification.at = kSampleStart + std::chrono::minutes{12} + std::chrono::milliseconds{5'250};
  notification.alerts.front().firing = false;
  notification.alerts.front().ended_at = notification.at;
  return notification;
}

/// With everything a notification of one alert can carry.
inline Notification with_evidence() {
  Notification notification = firing();
  notification.description = "Worst routes: /pay 97 %; /cart 12 %.";
  notification.runbook_url = "https://wiki.example/HighErrorRate?a=1&b=2";
  AlertLine& alert = notification.alerts.front();
  alert.labels.insert(alert.labels.begin() + 1, {"http_route", "/pay"});
  alert.annotations.push_back({"description", notification.description});
  alert.annotations.push_back({"runbook_url", notification.runbook_url});
  notification.labels = alert.labels;
  notification.incident = 12;
  notification.incident_url = "https://sonde.example/incidents/12";
  notification.acknowledge_url = notification.incident_url;
  notification.reason = "severity raised";
  notification.evidence = {"07:59:58 checkout (pid 812) was killed by SIGSEGV", "07:59:54 checkout started (pid 812)"};
  return notification;
}

/// An incident of a service with so many alerts, the last of which is over.
inline Notification group_of(int alerts) {
  Notification notification = with_evidence();
  notification.receiver = "team";
  notification.group_key = "00c0ffee00c0ffee";
  notification.group_labels = {{"service_name", "checkout"}};
  for (int i = 1; i < alerts; ++i) notification.alerts.push_back(sample_alert("Alert" + std::to_string(i), "warning"));
  notification.alerts.back().firing = false;
  notification.alerts.back().ended_at = kSampleStart + std::chrono::seconds{30};
  return notification;
}

/// The first attempt to send it.  owner: the caller keeps the notification.
inline Outgoing first_attempt(const Notification& notification) {
  return {.notification = notification, .id = "0123456789abcdef0123456789abcdef", .now = kSampleStart};
}

}  // namespace sonde::notify
