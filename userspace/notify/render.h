#pragma once

#include "notify/http_client.h"
#include "notify/types.h"

namespace sonde::notify {

/// What to send to `channel`: for Slack the body of an incoming webhook (a headline, and an attachment coloured by
/// severity, within Block Kit's limits), for a webhook the body Alertmanager sends (version 4), so that what
/// understands Alertmanager understands Sonde. Every text is made valid UTF-8, shortened and escaped.
HttpPost render(const Channel& channel, const Notification& notification);

}  // namespace sonde::notify
