#include <cstdint>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/fnv1a.h"
#include "notify/alert_json.h"
#include "notify/json_text.h"
#include "notify/payload.h"
#include "notify/wording.h"

namespace sonde::notify {
namespace {

using nlohmann::json;

constexpr std::size_t kLongestText = 1024;

/// The fingerprint Prometheus gives a label set: FNV-1a (64 bits) over its sorted names and values, each followed by
/// the byte 255.
std::string fingerprint(const AlertTexts& labels) {
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

std::string group_key(const AlertTexts& labels) {
  std::string inside;
  for (const auto& [name, value] : labels) {
    if (!inside.empty()) inside += ", ";
    inside += name + '=' + in_quotes(value);
  }
  return "{}:{" + inside + '}';
}

json message_of(const Notification& notification, const std::string& receiver) {
  const AlertTexts labels = labels_of(notification);
  const std::string status = notification.firing ? "firing" : "resolved";
  const AlertTexts annotations = annotations_of(notification);
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
  return {{"version", "4"},
          {"groupKey", group_key(labels)},
          {"truncatedAlerts", 0},
          {"status", status},
          {"receiver", shorten(receiver, kLongestText)},
          {"groupLabels", labels},
          {"commonLabels", labels},
          {"commonAnnotations", annotations},
          {"externalURL", ""},
          {"alerts", json::array({alert})}};
}

}  // namespace

std::string webhook_payload(const Notification& notification, const std::string& receiver) {
  return json_text(message_of(notification, receiver));
}

std::string program_payload(const Notification& notification, const ProgramContext& context) {
  json message = message_of(notification, context.channel);
  message["headline"] = headline(notification, context.may_be_repeat);
  message["id"] = context.id;
  message["attempt"] = context.attempt;
  message["may_be_repeat"] = context.may_be_repeat;
  return json_text(message);
}

}  // namespace sonde::notify
