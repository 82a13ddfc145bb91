#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

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
  const std::string& where = notification.service.empty() ? notification.host : notification.service;
  const std::string start = std::string(notification.test ? "TEST " : "") + notification.rule + " on " + where;
  return shorten(notification.summary.empty() ? start : start + ": " + notification.summary, kLongestSummary);
}

json details_of(const Notification& notification) {
  json details = {{"started_at", rfc3339(notification.started_at)}, {"value", notification.value}};
  const auto add = [&](const char* name, const std::string& text) {
    if (!text.empty()) details[name] = shorten(text, kLongestText);
  };
  add("description", notification.description);
  add("why_now", notification.reason);
  add("host", notification.host);
  add("service", notification.service);
  add("runbook", notification.runbook_url);
  json labels = json::object();
  for (const measure::Label& label : notification.labels)
    labels[shorten(label.name, kLongestName)] = shorten(label.value, kLongestText);
  details["labels"] = std::move(labels);
  json evidence = json::array();
  for (const std::string& event : notification.evidence) evidence.push_back(shorten(event, kLongestText));
  if (!evidence.empty()) details["what_happened"] = std::move(evidence);
  return details;
}

json links_of(const Notification& notification) {
  json links = json::array();
  const auto add = [&](const std::string& url, const char* text) {
    if (is_web_link(url)) links.push_back({{"href", url}, {"text", text}});
  };
  add(notification.runbook_url, "Runbook");
  add(notification.acknowledge_url, "Acknowledge");
  return links;
}

json alert_of(const Notification& notification) {
  json alert = {{"summary", summary_of(notification)},
                {"source", shorten(notification.host.empty() ? "sonde" : notification.host, kLongestName)},
                {"severity", severity_of(notification)},
                {"timestamp", rfc3339(notification.at)},
                {"class", shorten(notification.rule, kLongestName)},
                {"custom_details", details_of(notification)}};
  if (!notification.service.empty()) alert["component"] = shorten(notification.service, kLongestName);
  return alert;
}

}  // namespace

std::string pagerduty_key(const Notification& notification) {
  const std::string& key = notification.dedup_key;
  return key.size() <= kLongestKey && shorten(key, kLongestKey) == key ? key : sha256_hex(key);
}

std::string pagerduty_payload(const Notification& notification, PagerDutyAction action,
                              const std::string& routing_key) {
  json event = {
      {"routing_key", routing_key}, {"event_action", word_of(action)}, {"dedup_key", pagerduty_key(notification)}};
  if (action != PagerDutyAction::kTrigger) return json_text(event);
  event["client"] = "Sonde";
  event["payload"] = alert_of(notification);
  if (json links = links_of(notification); !links.empty()) event["links"] = std::move(links);
  std::string text = json_text(event);
  if (text.size() <= kLargestEvent) return text;
  event["payload"]["custom_details"] = {
      {"note", "left out: with the details the event was larger than PagerDuty takes"}};
  return json_text(event);
}

}  // namespace sonde::notify
