#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "notify/types.h"

namespace sonde::notify {

/// A moment as RFC 3339 writes it, in UTC with milliseconds: `2026-11-23T16:38:00.250Z`.
std::string rfc3339(WallTime at);

/// The same, but only hours, minutes and seconds: `16:38:00`.
std::string time_of_day(WallTime at);

/// Valid UTF-8 without control characters, at most `most` code points; what is cut off leaves an ellipsis.
std::string shorten(std::string_view text, std::size_t most);

/// The first line of every message: `FIRING critical: HighErrorRate on checkout`. It says so if this is a test, or if
/// the message may have come before.
std::string headline(const Notification& notification, bool may_be_repeat = false);

/// Labels that the headline does not say: `http_route=/pay, mountpoint=/var`.
std::string other_labels(const Notification& notification);

/// How long it has lasted, of one that has resolved: `12m5s`.
std::string lasted(const Notification& notification);

/// True if a person can follow it: http or https, and nothing that would end it early.
bool is_web_link(std::string_view text);

}  // namespace sonde::notify
