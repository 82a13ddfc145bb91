#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace sonde::notify {

/// How much of a text is shown.  units: of the text as it is, and of what escaping makes of it.
struct Room {
  std::size_t code_points;
  std::size_t bytes;
};

/// https://api.slack.com/reference/surfaces/formatting#escaping: nothing inserted can become a mention or a link.
std::string slack_escaped(std::string_view text, const Room& room);

/// A moment in the reader's own zone; for clients that cannot show it, in UTC.
std::string slack_moment(WallTime at);

/// Something to tap on; what is no link, or too long for one, is shown as it is.
std::string slack_link(const std::string& url, const std::string& words);

}  // namespace sonde::notify
