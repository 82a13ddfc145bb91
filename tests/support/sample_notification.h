#pragma once

#include <chrono>
#include <string>

#include "notify/sender.h"
#include "notify/types.h"

namespace sonde::notify {

inline constexpr WallTime kSampleStart{std::chrono::seconds{1'800'000'000}};  // 2027-01-15T08:00:00Z

/// An alert about a service, as it fires a minute after its first breach.
inline Notification firing() {
  Notification notification;
  notification.rule = "HighErrorRate";
  notification.labels = {{"alertname", "HighErrorRate"}, {"service_name", "checkout"}};
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
  notification.firing = false;
  notification.value = 0;
  notification.at = kSampleStart + std::chrono::minutes{12} + std::chrono::milliseconds{5'250};
  return notification;
}

/// With everything a notification can carry.
inline Notification with_evidence() {
  Notification notification = firing();
  notification.labels.push_back({"http_route", "/pay"});
  notification.description = "Worst routes: /pay 97 %; /cart 12 %.";
  notification.runbook_url = "https://wiki.example/HighErrorRate?a=1&b=2";
  notification.acknowledge_url = "https://sonde.example/ack/1";
  notification.reason = "severity raised";
  notification.evidence = {"07:59:58 checkout (pid 812) was killed by SIGSEGV", "07:59:54 checkout started (pid 812)"};
  return notification;
}

/// The first attempt to send it.  owner: the caller keeps the notification.
inline Outgoing first_attempt(const Notification& notification) {
  return {.notification = notification, .id = "0123456789abcdef0123456789abcdef", .now = kSampleStart};
}

}  // namespace sonde::notify
