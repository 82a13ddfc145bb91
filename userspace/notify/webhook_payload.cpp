#include <cstdint>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/fnv1a.h"
#include "notify/payload.h"
#include "notify/wording.h"

namespace sonde::notify {
namespace {

using nlohmann::json;
using Labels = std::map<std::string, std::string>;

constexpr std::size_t kLongestText = 1024;

Labels labels_of(const Notification& notification) {
  Labels labels{{"alertname", shorten(notification.rule, kLongestText)},
                {"instance", shorten(notification.host, kLongestText)},
                {"severity", std::string(rules::name_of(notification.severity))}};
  for (const measure::Label& label : notification.labels) {
    labels.emplace(label.name, shorten(label.value, kLongestText));
  }
  return labels;
}

Labels annotations_of(const Notification& notification) {
  Labels annotations{{"summary", shorten(notification.summary, kLongestText)}};
  const auto add = [&](const char* name, const std::string& text) {
    if (!text.empty()) annotations.emplace(name, shorten(text, kLongestText));
  };
  add("description", notification.description);
  add("runbook_url", notification.runbook_url);
  add("reason", notification.reason);
  return annotations;
}

/// The fingerprint Prometheus gives a label set: FNV-1a (64 bits) over its sorted names and values, each followed by
/// the byte 255.
std::string fingerprint(const Labels& labels) {
  constexpr unsigned char kEnd = 0xFF;
  Fnv1a hash;
  for (const auto& [name, value] : labels) hash.add(name).add(kEnd).add(value).add(kEnd);
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash.value()));
  return text;
}

std::string in_quotes(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

std::string group_key(const Labels& labels) {
  std::string inside;
  for (const auto& [name, value] : labels) {
    if (!inside.empty()) inside += ", ";
    inside += name + '=' + in_quotes(value);
  }
  return "{}:{" + inside + '}';
}

}  // namespace

std::string webhook_payload(const Notification& notification, const std::string& receiver) {
  const Labels labels = labels_of(notification);
  const std::string status = notification.firing ? "firing" : "resolved";
  const Labels annotations = annotations_of(notification);
  json alert = {{"status", status},
                {"labels", labels},
                {"annotations", annotations},
                {"startsAt", rfc3339(notification.started_at)},
                // Go's zero time is how Alertmanager writes that there is no end yet.
                {"endsAt", notification.firing ? "0001-01-01T00:00:00Z" : rfc3339(notification.at)},
                {"generatorURL", ""},
                {"fingerprint", fingerprint(labels)}};
  if (!notification.evidence.empty()) {
    // Not in Alertmanager's body: its receivers pass over what they do not know.
    json& evidence = alert["evidence"] = json::array();
    for (const std::string& event : notification.evidence) evidence.push_back(shorten(event, kLongestText));
  }
  const json message = {{"version", "4"},
                        {"groupKey", group_key(labels)},
                        {"truncatedAlerts", 0},
                        {"status", status},
                        {"receiver", shorten(receiver, kLongestText)},
                        {"groupLabels", labels},
                        {"commonLabels", labels},
                        {"commonAnnotations", annotations},
                        {"externalURL", ""},
                        {"alerts", json::array({alert})}};
  return message.dump();
}

}  // namespace sonde::notify
