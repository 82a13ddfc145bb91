#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "notify/alert_json.h"
#include "notify/json_text.h"
#include "notify/payload.h"
#include "notify/wording.h"

namespace sonde::notify {

namespace {

/// Samples can be some milliseconds ahead of the clock, and an alert that ends in the future goes on at Alertmanager
/// until the latest end it has been told of.
WallTime end_of(const Notification& notification, WallTime now) {
  return std::max(notification.started_at, std::min(notification.at, now));
}

}  // namespace

std::string alertmanager_payload(std::span<const Notification> notifications, WallTime now,
                                 std::chrono::nanoseconds lifetime) {
  using nlohmann::json;
  json alerts = json::array();
  for (const Notification& notification : notifications) {
    AlertTexts annotations = annotations_of(notification);
    std::string happened;
    for (const std::string& event : notification.evidence) happened += (happened.empty() ? "" : "; ") + event;
    if (!happened.empty()) annotations.emplace("evidence", shorten(happened, 2048));
    const WallTime ends_at = notification.firing ? now + lifetime : end_of(notification, now);
    json alert = {{"labels", labels_of(notification)},
                  {"annotations", std::move(annotations)},
                  {"startsAt", rfc3339(notification.started_at)},
                  {"endsAt", rfc3339(ends_at)}};
    // Checked there to be a URI.
    if (is_web_link(notification.runbook_url)) alert["generatorURL"] = notification.runbook_url;
    alerts.push_back(std::move(alert));
  }
  return json_text(alerts);
}

}  // namespace sonde::notify
