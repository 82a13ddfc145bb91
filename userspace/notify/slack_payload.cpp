#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "notify/facts.h"
#include "notify/json_text.h"
#include "notify/payload.h"
#include "notify/slack_text.h"
#include "notify/wording.h"

namespace sonde::notify {
namespace {

using nlohmann::json;

// A section holds 3,000 characters, ten fields and 2,000 in each of them. All blocks together hold about 13,000, which
// is written nowhere (slackapi/bolt-js#2509): with the headline it is less, whatever stands in the texts.
constexpr std::size_t kLongestSection = 3'000;
constexpr std::size_t kMostFields = 10;
constexpr std::size_t kMostInBlocks = 10'000;
constexpr std::size_t kLeastRoom = 200;
constexpr std::size_t kMostAlerts = 15;

constexpr Room kHeadline{500, 2'500};
constexpr Room kName{200, 400};
constexpr Room kLabels{300, 900};
constexpr Room kSummary{500, 1'500};
constexpr Room kDescription{1'500, 2'400};
constexpr Room kLine{300, 1'500};

std::string colour_of(const Notification& notification) {
  if (!notification.firing) return "#2eb67d";
  if (notification.kind == MessageKind::kAcknowledged) return "#868686";
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

json section(std::string text) { return {{"type", "section"}, {"text", mrkdwn(std::move(text))}}; }

std::string text_of(const Fact& fact) {
  if (fact.moment) return slack_moment(*fact.moment);
  if (!fact.url.empty()) return slack_link(fact.url, slack_escaped(fact.text, kName));
  return slack_escaped(fact.text, fact.name == "Labels" ? kLabels : kName);
}

/// "+990 more: all of them", as far as they can be seen anywhere.
std::string more_of(const Notification& notification, std::size_t left_out) {
  const std::string text = "\n+" + std::to_string(left_out) + " more";
  const std::string& url = notification.incident_url;
  return is_web_link(url) ? text + ": " + slack_link(url, "all of them") : text;
}

/// One alert on each line, the worst first, as long as there is room for it and for the number of the rest.
std::string alerts_text(const Notification& notification, std::size_t room) {
  const std::size_t rest = more_of(notification, notification.alerts.size()).size();
  std::string text = "*Alerts*: " + count_of(notification);
  std::size_t shown = 0;
  for (const AlertLine& alert : notification.alerts) {
    const std::string line = "\n\xE2\x80\xA2 " + slack_escaped(line_of(notification, alert), kLine);
    if (shown == kMostAlerts || text.size() + line.size() + rest > room) break;
    text += line;
    ++shown;
  }
  const std::size_t left_out = notification.alerts.size() - shown;
  return left_out == 0 ? text : text + more_of(notification, left_out);
}

/// One event on each line; the oldest go where Slack has no room for them.
std::string evidence_text(const Notification& notification, std::size_t room) {
  std::string text = "*What happened* (UTC)";
  for (const std::string& event : notification.evidence) {
    const std::string line = "\n" + slack_escaped(event, kLine);
    if (text.size() + line.size() > room) break;
    text += line;
  }
  return text;
}

/// Blocks, as long as there is room for them.
class Blocks {
 public:
  [[nodiscard]] std::size_t room() const { return std::min(kLongestSection, left_); }
  [[nodiscard]] bool is_full() const { return left_ < kLeastRoom; }

  /// Slack refuses a section without a text.
  void add(std::string text) {
    if (text.empty()) return;
    left_ -= std::min(left_, text.size());
    blocks_.push_back(section(std::move(text)));
  }

  void add(const std::vector<Fact>& facts) {
    json fields = json::array();
    for (const Fact& fact : facts) {
      std::string text = "*" + fact.name + "*\n" + text_of(fact);
      if (fields.size() == kMostFields) break;
      left_ -= std::min(left_, text.size());
      fields.push_back(mrkdwn(std::move(text)));
    }
    blocks_.push_back({{"type", "section"}, {"fields", std::move(fields)}});
  }

  json take() && { return std::move(blocks_); }

 private:
  json blocks_ = json::array();
  std::size_t left_ = kMostInBlocks;
};

/// All there is to know: for the message that stands in the channel.
json whole_of(const Notification& notification) {
  Blocks blocks;
  blocks.add(slack_escaped(notification.summary, kSummary));
  blocks.add(facts_of(notification));
  if (notification.alerts.size() > 1) blocks.add(alerts_text(notification, blocks.room()));
  if (notification.firing && !notification.description.empty() && !blocks.is_full()) {
    blocks.add(slack_escaped(notification.description,
                             {kDescription.code_points, std::min(kDescription.bytes, blocks.room())}));
  }
  if (!notification.evidence.empty() && !blocks.is_full()) blocks.add(evidence_text(notification, blocks.room()));
  return std::move(blocks).take();
}

/// What is new: for those who follow the thread, above which the rest can be read.
json news_of(const Notification& notification) {
  Blocks blocks;
  blocks.add(slack_escaped(notification.reason, kSummary));
  const bool is_about_alerts = notification.kind == MessageKind::kFiring || notification.kind == MessageKind::kUpdate;
  if (is_about_alerts && notification.alerts.size() > 1) blocks.add(alerts_text(notification, blocks.room()));
  return std::move(blocks).take();
}

json button(const char* text, const char* action, const Notification& notification) {
  return {{"type", "button"},
          {"text", {{"type", "plain_text"}, {"text", text}}},
          {"action_id", action},
          {"value", std::to_string(notification.incident)}};
}

/// As long as nobody has taken it on: what can be pressed would ask for nothing afterwards.
void add_buttons(const Notification& notification, json& blocks) {
  if (!notification.unanswered || notification.incident == 0) return;
  json acknowledge = button("Acknowledge", kSlackAcknowledge, notification);
  acknowledge["style"] = "primary";
  blocks.push_back(
      {{"type", "actions"},
       {"elements", json::array({std::move(acknowledge), button("Resolve", kSlackResolve, notification)})}});
}

json message_of(const Notification& notification, const Remarks& remarks, json blocks) {
  json message = {{"text", slack_escaped(headline(notification, remarks), kHeadline)}};
  if (blocks.empty()) return message;
  const json attachment = {{"color", colour_of(notification)}, {"blocks", std::move(blocks)}};
  message["attachments"] = json::array({attachment});
  return message;
}

/// What should be seen by those, too, who do not follow the thread.
bool is_for_the_channel(const Notification& notification) {
  if (notification.kind == MessageKind::kFiring || notification.kind == MessageKind::kRepeat) return true;
  return notification.kind == MessageKind::kUpdate && notification.severity == rules::Severity::kCritical;
}

}  // namespace

std::string slack_payload(const Notification& notification, const Remarks& remarks) {
  return json_text(message_of(notification, remarks, whole_of(notification)));
}

std::string slack_bot_payload(const Notification& notification, const SlackBotMessage& message) {
  const bool is_answer = !message.thread.empty();
  json blocks = is_answer ? news_of(notification) : whole_of(notification);
  if (message.has_buttons && !is_answer) add_buttons(notification, blocks);
  json body = message_of(notification, message.remarks, std::move(blocks));
  body["channel"] = shorten(message.channel, kName.code_points);
  if (!message.message.empty()) {
    body["ts"] = shorten(message.message, kName.code_points);
    return json_text(body);
  }
  body["unfurl_links"] = false;
  if (is_answer) {
    body["thread_ts"] = shorten(message.thread, kName.code_points);
    if (is_for_the_channel(notification)) body["reply_broadcast"] = true;
  }
  // So that whoever does not know whether a message arrived can look for it in the channel's history.
  body["metadata"] = {{"event_type", "sonde_notification"}, {"event_payload", {{"id", message.id}}}};
  return json_text(body);
}

}  // namespace sonde::notify
