#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace sonde::notify {

/// A moment as RFC 3339 writes it, in UTC with milliseconds: `2026-11-23T16:38:00.250Z`.
std::string rfc3339(WallTime at);

/// The same, but only hours, minutes and seconds: `16:38:00`.
std::string time_of_day(WallTime at);

/// Valid UTF-8 without control characters, at most `most` code points; what is cut off leaves an ellipsis.
std::string shorten(std::string_view text, std::size_t most);

}  // namespace sonde::notify
