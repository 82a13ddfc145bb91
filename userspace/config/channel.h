#pragma once

#include "config/schema.h"
#include "config/value.h"

namespace sonde::config {

/// Begins a notification channel of the draft, of whatever kind.
void start_channel(Draft& draft, const std::string& name);

/// Reads a channel's name, which is also the label of its counters: no part of a URL may land there.
bool read_channel_name(const Value& value, Draft& draft);

/// Takes a text, or texts, under the name of its key; they are looked at when the whole channel is known.
bool read_channel_text(const Value& value, Draft& draft);
bool read_channel_texts(const Value& value, Draft& draft);

/// Judges the channel that has been read, fetches its secrets, and adds it to the configuration.
void finish_slack(Draft& draft, const Spot& spot);
void finish_email(Draft& draft, const Spot& spot);
void finish_pagerduty(Draft& draft, const Spot& spot);
void finish_webhook(Draft& draft, const Spot& spot);
void finish_alertmanager(Draft& draft, const Spot& spot);
void finish_command(Draft& draft, const Spot& spot);

}  // namespace sonde::config
