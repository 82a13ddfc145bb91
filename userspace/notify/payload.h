#pragma once

#include <string>

#include "notify/types.h"

namespace sonde::notify {

/// JSON for https://api.slack.com/messaging/webhooks.
std::string slack_payload(const Notification& notification);

/// JSON as in Alertmanager's webhook_config, version 4: one alert, a group of its own.
/// shape: `receiver` is the channel's name.
std::string webhook_payload(const Notification& notification, const std::string& receiver);

}  // namespace sonde::notify
