#pragma once

#include <optional>
#include <string>

#include "config/schema.h"
#include "config/value.h"
#include "notify/types.h"

namespace sonde::config {

/// Begins a notification channel of the draft.
void start_channel(Draft& draft, notify::ChannelKind kind);

/// Reads a channel's name, which is also the label of its counters: no part of a URL may land there.
bool read_channel_name(const Value& value, Draft& draft);

/// Takes what says where a channel's URL is.
bool read_address(const Value& value, std::optional<Address>& into);

/// Fetches the URL of the draft's channel from where the file says it is, and adds the channel.
void finish_channel(Draft& draft, const Spot& spot);

}  // namespace sonde::config
