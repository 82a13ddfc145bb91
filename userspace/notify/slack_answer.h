#pragma once

#include "base/clock.h"
#include "notify/http_client.h"
#include "notify/sender.h"

namespace sonde::notify {

/// What an incoming webhook has answered: a status, and a word that says why.
Attempt judge_slack_webhook(const HttpOutcome& outcome, WallTime now);

/// What a method of Slack's Web API has answered.
struct SlackApiAnswer {
  Attempt attempt;               ///< with the message's `ts` and channel, if it was posted or updated
  bool message_is_gone = false;  ///< what was to be updated, or answered to, is not there or may not be changed
};

SlackApiAnswer judge_slack_api(const HttpOutcome& outcome, WallTime now);

}  // namespace sonde::notify
