#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "notify/types.h"
#include "notify/wording.h"

namespace sonde::notify {

/// JSON for https://api.slack.com/messaging/webhooks: a headline, and an attachment coloured by severity, within Block
/// Kit's limits. Every text is made valid UTF-8, shortened and escaped.
std::string slack_payload(const Notification& notification, const Remarks& remarks = {});

/// What a bot posts, and what it makes of a message that is there.
struct SlackBotMessage {
  std::string channel;  ///< its id, or #name
  std::string thread;   ///< chat.postMessage: `ts` of the message it belongs below; empty: none
  std::string message;  ///< chat.update: `ts` of the message that is to be this one; empty: a new one
  std::string id;       ///< of the delivery, kept as the message's metadata
  Remarks remarks{};
  bool has_buttons = false;  ///< where somebody listens to them
};

/// What the buttons of a message are called in what Slack sends when they are pressed; their value is the incident's
/// id.
inline constexpr const char* kSlackAcknowledge = "sonde_acknowledge";
inline constexpr const char* kSlackResolve = "sonde_resolve";

/// JSON for https://api.slack.com/methods/chat.postMessage and chat.update. Below another message stands what is new.
std::string slack_bot_payload(const Notification& notification, const SlackBotMessage& message);

/// How a webhook is told.
struct WebhookContext {
  std::string channel;         ///< its name, which is the receiver's where the notification names none
  std::size_t max_alerts = 0;  ///< as of Webhook
  Remarks remarks{};
};

/// JSON as in Alertmanager's webhook_config, version 4; what it does not have stands below the key `sonde`.
std::string webhook_payload(const Notification& notification, const WebhookContext& context);

/// What a program is told besides the message.
struct ProgramContext {
  std::string channel;  ///< its name
  std::string id;       ///< of the delivery
  unsigned attempt = 1;
  Remarks remarks{};
};

/// JSON for a program: the same as for a webhook, and `headline`, `id`, `attempt`, `may_be_repeat`.
std::string program_payload(const Notification& notification, const ProgramContext& context);

/// JSON for Alertmanager's POST /api/v2/alerts: every alert of these notifications, in bodies of a size that it reads
/// at once. What fires ends `lifetime` after `now` unless it is told again.
std::vector<std::string> alertmanager_payloads(std::span<const Notification> notifications, WallTime now,
                                               std::chrono::nanoseconds lifetime);

enum class PagerDutyAction : std::uint8_t { kTrigger, kAcknowledge, kResolve };

/// How PagerDuty is told.
struct PagerDutyContext {
  PagerDutyAction action = PagerDutyAction::kTrigger;
  std::string routing_key{};  ///< a secret
  Remarks remarks{};
};

/// JSON for PagerDuty's Events API v2, within its limits.
std::string pagerduty_payload(const Notification& notification, const PagerDutyContext& context);

/// PagerDuty's name for what has this dedup key: at most 255 characters.
std::string pagerduty_key(const std::string& key);

}  // namespace sonde::notify
