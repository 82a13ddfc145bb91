#pragma once

#include <span>
#include <string>

#include "notify/sender.h"
#include "notify/types.h"

namespace sonde::app {

/// The channels of a configuration, without their secrets: a table for people.
std::string channels_as_table(std::span<const notify::Channel> channels);

/// The same as a list of objects.
std::string channels_as_json(std::span<const notify::Channel> channels);

/// What became of a test message, in words.
std::string tell_attempt(const std::string& channel, const notify::Attempt& attempt);

/// True if it reached everybody.
bool reached_all(const notify::Attempt& attempt);

}  // namespace sonde::app
