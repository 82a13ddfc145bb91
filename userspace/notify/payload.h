#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>

#include "base/clock.h"
#include "notify/types.h"

namespace sonde::notify {

/// JSON for https://api.slack.com/messaging/webhooks: a headline, and an attachment coloured by severity, within Block
/// Kit's limits. Every text is made valid UTF-8, shortened and escaped.
std::string slack_payload(const Notification& notification, bool may_be_repeat = false);

/// What a bot posts, and what it makes of a message that is there.
struct SlackBotMessage {
  std::string channel;  ///< its id, or #name
  std::string thread;   ///< chat.postMessage: `ts` of the message it belongs below; empty: none
  std::string message;  ///< chat.update: `ts` of the message that is to be this one; empty: a new one
  std::string id;       ///< of the delivery, kept as the message's metadata
  bool may_be_repeat = false;
};

/// JSON for https://api.slack.com/methods/chat.postMessage and chat.update.
std::string slack_bot_payload(const Notification& notification, const SlackBotMessage& message);

/// JSON as in Alertmanager's webhook_config, version 4: one alert, a group of its own.
/// shape: `receiver` is the channel's name.
std::string webhook_payload(const Notification& notification, const std::string& receiver);

/// What a program is told besides the message.
struct ProgramContext {
  std::string channel;  ///< its name
  std::string id;       ///< of the delivery
  unsigned attempt = 1;
  bool may_be_repeat = false;
};

/// JSON for a program: the same as for a webhook, and `headline`, `id`, `attempt`, `may_be_repeat`.
std::string program_payload(const Notification& notification, const ProgramContext& context);

/// JSON for Alertmanager's POST /api/v2/alerts. What fires ends `lifetime` after `now` unless it is told again.
std::string alertmanager_payload(std::span<const Notification> notifications, WallTime now,
                                 std::chrono::nanoseconds lifetime);

enum class PagerDutyAction : std::uint8_t { kTrigger, kAcknowledge, kResolve };

/// JSON for PagerDuty's Events API v2, within its limits.
std::string pagerduty_payload(const Notification& notification, PagerDutyAction action, const std::string& routing_key);

/// PagerDuty's name for the incident: at most 255 characters.
std::string pagerduty_key(const Notification& notification);

}  // namespace sonde::notify
