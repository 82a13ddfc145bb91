#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "notify/digest.h"
#include "notify/json_text.h"
#include "notify/payload.h"
#include "notify/wording.h"

namespace sonde::notify {
namespace {

using nlohmann::json;

// https://developer.pagerduty.com/docs/events-api-v2-overview
constexpr std::size_t kLongestSummary = 1024;
constexpr std::size_t kLongestKey = 255;
constexpr std::size_t kLargestEvent = 512'000;
constexpr std::size_t kMostInAlerts = 300'000;

constexpr std::size_t kLongestName = 255;
constexpr std::size_t kLongestText = 4096;

std::string_view word_of(PagerDutyAction action) {
  switch (action) {
    case PagerDutyAction::kTrigger:
      return "trigger";
    case PagerDutyAction::kAcknowledge:
      return "acknowledge";
    case PagerDutyAction::kResolve:
      return "resolve";
  }
  return {};
}

/// PagerDuty also knows `error`, which none of ours is.
std::string_view severity_of(const Notification& notification) {
  switch (notification.severity) {
    case rules::Severity::kInfo:
      return "info";
    case rules::Severity::kWarning:
      return "warning";
    case rules::Severity::kCritical:
      return "critical";
  }
  return {};
}

std::string summary_of(const Notification& notification) {
  constexpr std::size_t kLongestPart = 200;
  const std::string& where = notification.service.empty() ? notification.host : notification.service;
  std::string text = std::string(notification.test ? "TEST " : "") + shorten(notification.rule, kLongestPart) + " on " +
                     shorten(where, kLongestPart);
  const std::size_t firing = firing_count(notification);
  if (firing > 1) text += ", and " + std::to_string(firing - 1) + " more";
  return shorten(notification.summary.empty() ? text : text + ": " + notification.summary, kLongestSummary);
}

json labels_of(const std::vector<measure::Label>& labels) {
  json texts = json::object();
  for (const measure::Label& label : labels) {
    texts[shorten(label.name, kLongestName)] = shorten(label.value, kLongestText);
  }
  return texts;
}

json alert_of(const Notification& notification, const AlertLine& alert) {
  return {{"status", fires(notification, alert) ? "firing" : "resolved"},
          {"summary", shorten(measure::value_of(alert.annotations, "summary"), kLongestName)},
          {"labels", labels_of(alert.labels)},
          {"started_at", rfc3339(alert.started_at)},
          {"value", alert.value}};
}

/// All alerts of several, the worst first, as far as there is room beside everything else.
void add_alerts(const Notification& notification, json& details) {
  const std::size_t firing = firing_count(notification);
  details["num_firing"] = firing;
  details["num_resolved"] = notification.alerts.size() - firing;
  if (notification.alerts.size() < 2) return;
  json alerts = json::array();
  std::size_t size = 0;
  for (const AlertLine& each : notification.alerts) {
    json alert = alert_of(notification, each);
    size += json_text(alert).size() + 1;
    if (size > kMostInAlerts) break;
    alerts.push_back(std::move(alert));
  }
  const std::size_t left_out = notification.alerts.size() - alerts.size();
  if (left_out > 0) details["alerts_left_out"] = left_out;
  details["alerts"] = std::move(alerts);
}

json details_of(const Notification& notification, const Remarks& remarks) {
  json details = {{"started_at", rfc3339(notification.started_at)}, {"value", notification.value}};
  const auto add = [&](const char* name, const std::string& text) {
    if (!text.empty()) details[name] = shorten(text, kLongestText);
  };
  add("description", notification.description);
  add("why_now", notification.reason);
  add("host", notification.host);
  add("service", notification.service);
  add("runbook", notification.runbook_url);
  add("in_place_of", remarks.instead_of);
  if (notification.incident != 0) details["incident"] = notification.incident;
  details["labels"] = labels_of(notification.labels);
  json evidence = json::array();
  for (const std::string& event : notification.evidence) evidence.push_back(shorten(event, kLongestText));
  if (!evidence.empty()) details["what_happened"] = std::move(evidence);
  add_alerts(notification, details);
  return details;
}

json links_of(const Notification& notification) {
  json links = json::array();
  const auto add = [&](const std::string& url, const char* text) {
    if (is_web_link(url)) links.push_back({{"href", url}, {"text", text}});
  };
  add(notification.runbook_url, "Runbook");
  add(notification.incident_url, "Incident");
  add(notification.acknowledge_url, "Acknowledge");
  return links;
}

std::string group_of(const Notification& notification) {
  std::string text;
  for (const measure::Label& label : notification.group_labels) {
    text += (text.empty() ? "" : ", ") + label.name + "=" + label.value;
  }
  return shorten(text, kLongestName);
}

json payload_of(const Notification& notification, const Remarks& remarks) {
  json payload = {{"summary", summary_of(notification)},
                  {"source", shorten(notification.host.empty() ? "sonde" : notification.host, kLongestName)},
                  {"severity", severity_of(notification)},
                  {"timestamp", rfc3339(notification.at)},
                  {"class", shorten(notification.rule, kLongestName)},
                  {"custom_details", details_of(notification, remarks)}};
  if (!notification.service.empty()) payload["component"] = shorten(notification.service, kLongestName);
  if (!notification.group_labels.empty()) payload["group"] = group_of(notification);
  return payload;
}

}  // namespace

std::string pagerduty_key(const std::string& key) {
  return key.size() <= kLongestKey && shorten(key, kLongestKey) == key ? key : sha256_hex(key);
}

std::string pagerduty_payload(const Notification& notification, const PagerDutyContext& context) {
  json event = {{"routing_key", context.routing_key},
                {"event_action", word_of(context.action)},
                {"dedup_key", pagerduty_key(notification.dedup_key)}};
  if (context.action != PagerDutyAction::kTrigger) return json_text(event);
  event["client"] = "Sonde";
  if (is_web_link(notification.incident_url)) event["client_url"] = notification.incident_url;
  event["payload"] = payload_of(notification, context.remarks);
  if (json links = links_of(notification); !links.empty()) event["links"] = std::move(links);
  std::string text = json_text(event);
  if (text.size() <= kLargestEvent) return text;
  event["payload"]["custom_details"] = {
      {"note", "left out: with the details the event was larger than PagerDuty takes"}};
  return json_text(event);
}

}  // namespace sonde::notify
