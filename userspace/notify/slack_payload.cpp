#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "base/quantity.h"
#include "notify/payload.h"
#include "notify/wording.h"

namespace sonde::notify {
namespace {

using nlohmann::json;

// Escaping makes a character at most five: these keep a field below Slack's 2,000 and a section below its 3,000.
constexpr std::size_t kLongestName = 200;
constexpr std::size_t kLongestSummary = 500;
constexpr std::size_t kLongestEvent = 300;
constexpr std::size_t kLongestSection = 3'000;

/// https://api.slack.com/reference/surfaces/formatting#escaping: nothing inserted can become a mention or a link.
std::string escaped(std::string_view text, std::size_t most) {
  std::string result;
  for (const char c : shorten(text, most)) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string colour_of(const Notification& notification) {
  if (!notification.firing) return "#2eb67d";
  switch (notification.severity) {
    case rules::Severity::kInfo:
      return "#1264a3";
    case rules::Severity::kWarning:
      return "#ecb22e";
    case rules::Severity::kCritical:
      return "#e01e5a";
  }
  return "";
}

std::string headline(const Notification& notification) {
  std::string text = notification.firing ? "FIRING " : "RESOLVED ";
  text += rules::name_of(notification.severity);
  const std::string& where = notification.service.empty() ? notification.host : notification.service;
  return text + ": " + escaped(notification.rule, kLongestName) + " on " + escaped(where, kLongestName);
}

json mrkdwn(std::string text) { return {{"type", "mrkdwn"}, {"text", std::move(text)}}; }

json field(const std::string& name, const std::string& value) { return mrkdwn("*" + name + "*\n" + value); }

/// Slack shows it in the reader's own zone; the text after the bar is for clients that cannot.
std::string moment(WallTime at) {
  const auto unix_seconds = std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count();
  return "<!date^" + std::to_string(unix_seconds) + "^{date_short_pretty} {time_secs}|" + rfc3339(at) + ">";
}

/// Labels that the headline does not say.
std::string other_labels(const Notification& notification) {
  std::string text;
  for (const measure::Label& label : notification.labels) {
    if (label.name == "alertname" || label.name == "severity" || label.name == "service_name") continue;
    text += (text.empty() ? "" : ", ") + label.name + "=" + label.value;
  }
  return text;
}

json fields_of(const Notification& notification) {
  json fields = json::array();
  if (!notification.service.empty()) fields.push_back(field("Service", escaped(notification.service, kLongestName)));
  fields.push_back(field("Host", escaped(notification.host, kLongestName)));
  if (const std::string labels = other_labels(notification); !labels.empty()) {
    fields.push_back(field("Labels", escaped(labels, kLongestEvent)));
  }
  fields.push_back(field("Since", moment(notification.started_at)));
  if (!notification.firing) {
    const auto lasted = std::chrono::floor<std::chrono::seconds>(notification.at - notification.started_at);
    fields.push_back(field("Lasted", format_duration(std::max(std::chrono::seconds{0}, lasted))));
  }
  if (!notification.reason.empty()) fields.push_back(field("Why now", escaped(notification.reason, kLongestName)));
  if (!notification.runbook_url.empty()) {
    fields.push_back(field("Runbook", escaped(notification.runbook_url, kLongestName)));
  }
  return fields;
}

json section(std::string text) { return {{"type", "section"}, {"text", mrkdwn(std::move(text))}}; }

/// One event on each line; the oldest go where Slack has no room for them.
std::string evidence_text(const Notification& notification) {
  std::string text = "*What happened* (UTC)";
  for (const std::string& event : notification.evidence) {
    const std::string line = "\n" + escaped(event, kLongestEvent);
    if (text.size() + line.size() > kLongestSection) break;
    text += line;
  }
  return text;
}

}  // namespace

std::string slack_payload(const Notification& notification) {
  json blocks = json::array({section(escaped(notification.summary, kLongestSummary))});
  blocks.push_back({{"type", "section"}, {"fields", fields_of(notification)}});
  if (notification.firing && !notification.description.empty()) {
    blocks.push_back(section(escaped(notification.description, kLongestSummary)));
  }
  if (!notification.evidence.empty()) blocks.push_back(section(evidence_text(notification)));
  const json attachment = {{"color", colour_of(notification)}, {"blocks", std::move(blocks)}};
  const json message = {{"text", headline(notification)}, {"attachments", json::array({attachment})}};
  return message.dump();
}

}  // namespace sonde::notify
