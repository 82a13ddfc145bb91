#pragma once

#include <string_view>
#include <vector>

#include "config/types.h"
#include "notify/types.h"

namespace sonde::config {

/// Receivers as messages are sent to them.
struct ReceiverChannels {
  std::vector<notify::Receiver> receivers;
  std::vector<notify::Channel> channels;  ///< those that receivers have of their own
};

/// The own channels of receivers are called RECEIVER/KIND, as in `team/slack`; the second of a kind RECEIVER/KIND/2,
/// and so on: a name that no other channel has, for those described elsewhere have no slash. Secrets in files have been
/// looked at.
ReceiverChannels channels_of(const std::vector<Receiver>& receivers);

/// Whether an address is that of Slack's API, which a bot posts to with its token, and no incoming webhook.
bool is_slack_api(std::string_view url);

}  // namespace sonde::config
