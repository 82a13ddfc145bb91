#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "notify/alert_json.h"
#include "notify/json_text.h"
#include "notify/payload.h"
#include "notify/wording.h"

namespace sonde::notify {
namespace {

using nlohmann::json;

constexpr std::size_t kLongestText = 1024;

std::string in_quotes(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

AlertTexts group_labels_of(const Notification& notification) {
  AlertTexts labels;
  for (const measure::Label& label : notification.group_labels) {
    if (!label.value.empty()) labels.emplace(label.name, shorten(label.value, kLongestText));
  }
  return labels;
}

/// As Alertmanager writes its own: the route, and the labels of the group.
std::string group_key(const Notification& notification, const AlertTexts& labels) {
  std::string inside;
  for (const auto& [name, value] : labels) {
    if (!inside.empty()) inside += ", ";
    inside += name + '=' + in_quotes(value);
  }
  return '{' + shorten(notification.group_key, kLongestText) + "}:{" + inside + '}';
}

std::string status_word(bool firing) { return firing ? "firing" : "resolved"; }

json alert_of(const Notification& notification, const AlertLine& alert, const AlertTexts& labels) {
  const bool firing = fires(notification, alert);
  return {{"status", status_word(firing)},
          {"labels", labels},
          {"annotations", annotations_of(alert)},
          {"startsAt", rfc3339(alert.started_at)},
          // Go's zero time is how Alertmanager writes that there is no end yet.
          {"endsAt", firing ? "0001-01-01T00:00:00Z" : rfc3339(alert.ended_at.value_or(notification.at))},
          {"generatorURL", generator_url_of(notification, alert)},
          {"fingerprint", fingerprint(labels)}};
}

/// What Alertmanager does not have. Its receivers pass over what they do not know.
json extras_of(const Notification& notification, const Remarks& remarks) {
  json extras = {{"incident", notification.incident},
                 {"occurrence", notification.occurrence},
                 {"number", notification.number},
                 {"kind", name_of(notification.kind)},
                 {"severity", rules::name_of(notification.severity)},
                 {"host", shorten(notification.host, kLongestText)},
                 {"dedup_key", shorten(notification.dedup_key, kLongestText)}};
  const auto add = [&](const char* name, const std::string& text) {
    if (!text.empty()) extras[name] = shorten(text, kLongestText);
  };
  add("reason", notification.reason);
  add("actor", notification.actor);
  add("assignee", notification.assignee);
  add("incident_url", notification.incident_url);
  add("acknowledge_url", notification.acknowledge_url);
  add("instead_of", remarks.instead_of);
  if (notification.test) extras["test"] = true;
  if (notification.notice) extras["notice"] = true;
  for (const std::string& event : notification.evidence) extras["evidence"].push_back(shorten(event, kLongestText));
  return extras;
}

/// What Sonde knows of an alert besides, under its fingerprint.
json details_of(const AlertLine& alert) {
  json details = {{"value", alert.value}};
  if (!alert.reason.empty()) details["reason"] = shorten(alert.reason, kLongestText);
  return details;
}

json message_of(const Notification& notification, const WebhookContext& context) {
  const std::size_t all = notification.alerts.size();
  const std::size_t shown = context.max_alerts == 0 ? all : std::min(all, context.max_alerts);
  json alerts = json::array();
  json details = json::object();
  std::vector<AlertTexts> labels;
  std::vector<AlertTexts> annotations;
  for (std::size_t i = 0; i < all; ++i) {
    const AlertLine& alert = notification.alerts[i];
    labels.push_back(labels_of(alert, notification.host));
    annotations.push_back(annotations_of(alert));
    if (i >= shown) continue;
    alerts.push_back(alert_of(notification, alert, labels.back()));
    details[alerts.back().at("fingerprint").get<std::string>()] = details_of(alert);
  }
  json extras = extras_of(notification, context.remarks);
  extras["alerts"] = std::move(details);
  const AlertTexts group_labels = group_labels_of(notification);
  return {{"version", "4"},
          {"groupKey", group_key(notification, group_labels)},
          {"truncatedAlerts", all - shown},
          {"status", status_word(firing_count(notification) > 0)},
          {"receiver", shorten(notification.receiver.empty() ? context.channel : notification.receiver, kLongestText)},
          {"groupLabels", group_labels},
          {"commonLabels", common_of(labels)},
          {"commonAnnotations", common_of(annotations)},
          {"externalURL", external_url(notification)},
          {"alerts", std::move(alerts)},
          {"sonde", std::move(extras)}};
}

}  // namespace

std::string webhook_payload(const Notification& notification, const WebhookContext& context) {
  return json_text(message_of(notification, context));
}

std::string program_payload(const Notification& notification, const ProgramContext& context) {
  json message = message_of(notification, {.channel = context.channel, .remarks = context.remarks});
  message["headline"] = headline(notification, context.remarks);
  message["id"] = context.id;
  message["attempt"] = context.attempt;
  message["may_be_repeat"] = context.remarks.may_be_repeat;
  return json_text(message);
}

}  // namespace sonde::notify
