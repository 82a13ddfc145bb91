#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "notify/json_text.h"
#include "notify/payload.h"
#include "notify/wording.h"

namespace sonde::notify {
namespace {

using nlohmann::json;

/// How much of a text is shown.  units: of the text as it is, and of what escaping makes of it.
struct Room {
  std::size_t code_points;
  std::size_t bytes;
};

// A section holds 3,000 characters and a field 2,000. All blocks together hold about 13,000, which is written nowhere
// (slackapi/bolt-js#2509): what is below adds up to less, whatever stands in the texts.
constexpr Room kName{200, 400};
constexpr Room kLabels{300, 900};
constexpr Room kSummary{500, 1'500};
constexpr Room kDescription{1'500, 2'400};
constexpr Room kEvent{300, 1'500};
constexpr std::size_t kLongestSection = 3'000;

std::string_view entity_of(char letter) {
  switch (letter) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    default:
      return {};
  }
}

bool continues_code_point(char letter) { return (static_cast<unsigned char>(letter) & 0xC0U) == 0x80U; }

/// https://api.slack.com/reference/surfaces/formatting#escaping: nothing inserted can become a mention or a link.
std::string escaped(std::string_view text, const Room& room) {
  constexpr std::string_view kEllipsis = "\xE2\x80\xA6";
  constexpr std::size_t kLongestCharacter = 5;
  std::string result;
  for (const char letter : shorten(text, room.code_points)) {
    if (!continues_code_point(letter) && result.size() + kLongestCharacter + kEllipsis.size() > room.bytes) {
      return result.append(kEllipsis);
    }
    const std::string_view entity = entity_of(letter);
    if (entity.empty()) {
      result += letter;
    } else {
      result += entity;
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

json mrkdwn(std::string text) { return {{"type", "mrkdwn"}, {"text", std::move(text)}}; }

json field(const std::string& name, const std::string& value) { return mrkdwn("*" + name + "*\n" + value); }

/// Slack shows it in the reader's own zone; the text after the bar is for clients that cannot.
std::string moment(WallTime at) {
  const auto unix_seconds = std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count();
  return "<!date^" + std::to_string(unix_seconds) + "^{date_short_pretty} {time_secs}|" + rfc3339(at) + ">";
}

/// Something to tap on; what is no link, or too long for one, is shown as it is.
std::string link(const std::string& url, const std::string& words) {
  constexpr Room kLink{1'200, 1'200};
  const auto ampersands = static_cast<std::size_t>(std::count(url.begin(), url.end(), '&'));
  const bool fits = url.size() + ampersands * std::string_view("amp;").size() + 8 < kLink.bytes;
  return is_web_link(url) && fits ? "<" + escaped(url, kLink) + "|" + words + ">" : escaped(url, kName);
}

json fields_of(const Notification& notification) {
  json fields = json::array();
  if (!notification.service.empty()) fields.push_back(field("Service", escaped(notification.service, kName)));
  fields.push_back(field("Host", escaped(notification.host, kName)));
  if (const std::string labels = other_labels(notification); !labels.empty()) {
    fields.push_back(field("Labels", escaped(labels, kLabels)));
  }
  fields.push_back(field("Since", moment(notification.started_at)));
  if (!notification.firing) fields.push_back(field("Lasted", lasted(notification)));
  if (!notification.reason.empty()) fields.push_back(field("Why now", escaped(notification.reason, kName)));
  if (!notification.runbook_url.empty()) {
    fields.push_back(field("Runbook", link(notification.runbook_url, "what to do")));
  }
  if (!notification.acknowledge_url.empty()) {
    fields.push_back(field("Acknowledge", link(notification.acknowledge_url, "I take care of it")));
  }
  return fields;
}

json section(std::string text) { return {{"type", "section"}, {"text", mrkdwn(std::move(text))}}; }

/// One event on each line; the oldest go where Slack has no room for them.
std::string evidence_text(const Notification& notification) {
  std::string text = "*What happened* (UTC)";
  for (const std::string& event : notification.evidence) {
    const std::string line = "\n" + escaped(event, kEvent);
    if (text.size() + line.size() > kLongestSection) break;
    text += line;
  }
  return text;
}

json message_of(const Notification& notification, bool may_be_repeat) {
  json blocks = json::array({section(escaped(notification.summary, kSummary))});
  if (notification.summary.empty()) blocks.clear();  // Slack refuses a section without a text
  blocks.push_back({{"type", "section"}, {"fields", fields_of(notification)}});
  if (notification.firing && !notification.description.empty()) {
    blocks.push_back(section(escaped(notification.description, kDescription)));
  }
  if (!notification.evidence.empty()) blocks.push_back(section(evidence_text(notification)));
  const json attachment = {{"color", colour_of(notification)}, {"blocks", std::move(blocks)}};
  constexpr Room kHeadline{500, 2'500};
  return {{"text", escaped(headline(notification, may_be_repeat), kHeadline)},
          {"attachments", json::array({attachment})}};
}

}  // namespace

std::string slack_payload(const Notification& notification, bool may_be_repeat) {
  return json_text(message_of(notification, may_be_repeat));
}

std::string slack_bot_payload(const Notification& notification, const SlackBotMessage& message) {
  json body = message_of(notification, message.may_be_repeat);
  body["channel"] = shorten(message.channel, kName.code_points);
  if (!message.message.empty()) {
    body["ts"] = shorten(message.message, kName.code_points);
    return json_text(body);
  }
  body["unfurl_links"] = false;
  if (!message.thread.empty()) body["thread_ts"] = shorten(message.thread, kName.code_points);
  // So that whoever does not know whether a message arrived can look for it in the channel's history.
  body["metadata"] = {{"event_type", "sonde_notification"}, {"event_payload", {{"id", message.id}}}};
  return json_text(body);
}

}  // namespace sonde::notify
