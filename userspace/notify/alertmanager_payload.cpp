#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "notify/alert_json.h"
#include "notify/json_text.h"
#include "notify/payload.h"
#include "notify/wording.h"

namespace sonde::notify {
namespace {

using nlohmann::json;

constexpr std::size_t kMostAlerts = 1'000;

/// Samples can be some milliseconds ahead of the clock, and an alert that ends in the future goes on at Alertmanager
/// until the latest end it has been told of.
WallTime end_of(const Notification& notification, const AlertLine& alert, WallTime now) {
  return std::max(alert.started_at, std::min(alert.ended_at.value_or(notification.at), now));
}

/// There is no other place there for what is known of the incident.
AlertTexts annotations_with_context(const Notification& notification, const AlertLine& alert) {
  constexpr std::size_t kLongestText = 2048;
  AlertTexts annotations = annotations_of(alert);
  const auto add = [&](const char* name, const std::string& text) {
    if (!text.empty()) annotations.emplace(name, shorten(text, kLongestText));
  };
  std::string happened;
  for (const std::string& event : notification.evidence) happened += (happened.empty() ? "" : "; ") + event;
  add("evidence", happened);
  add("reason", alert.reason);
  add("incident_url", notification.incident_url);
  add("acknowledge_url", notification.acknowledge_url);
  if (notification.test) add("test", "somebody tries the channel: nothing has happened");
  return annotations;
}

json alert_of(const Notification& notification, const AlertLine& alert, WallTime now,
              std::chrono::nanoseconds lifetime) {
  json body = {{"labels", labels_of(alert, notification.host)},
               {"annotations", annotations_with_context(notification, alert)},
               {"startsAt", rfc3339(alert.started_at)},
               {"endsAt", rfc3339(alert.firing ? now + lifetime : end_of(notification, alert, now))}};
  std::string url = generator_url_of(notification, alert);
  const std::string runbook(measure::value_of(alert.annotations, "runbook_url"));
  // Checked there to be a URI.
  if (url.empty() && is_web_link(runbook)) url = runbook;
  if (!url.empty()) body["generatorURL"] = url;
  return body;
}

}  // namespace

std::vector<std::string> alertmanager_payloads(std::span<const Notification> notifications, WallTime now,
                                               std::chrono::nanoseconds lifetime) {
  std::vector<std::string> bodies;
  json alerts = json::array();
  const auto finish = [&] {
    if (!alerts.empty()) bodies.push_back(json_text(alerts));
    alerts = json::array();
  };
  for (const Notification& notification : notifications) {
    for (const AlertLine& alert : notification.alerts) {
      alerts.push_back(alert_of(notification, alert, now, lifetime));
      if (alerts.size() == kMostAlerts) finish();
    }
  }
  finish();
  return bodies;
}

}  // namespace sonde::notify
