#pragma once

#include <string>

#include "base/clock.h"
#include "notify/http_client.h"
#include "notify/sender.h"

namespace sonde::notify {

/// What PagerDuty's Events API has answered. Its reasons are repeated, but for `routing_key`, which is a secret.
Attempt judge_pagerduty(const HttpOutcome& outcome, WallTime now, const std::string& routing_key);

}  // namespace sonde::notify
