#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace sonde::serve {

/// RFC 3339 in UTC with as many decimals as it takes: Go's time.RFC3339Nano.
std::string rfc3339(WallTime at);

/// RFC 3339 in UTC with milliseconds, as Alertmanager writes it.
std::string rfc3339_ms(WallTime at);

/// The first moment that rfc3339 can say, which is also what everything before it is read as: Go's zero time is there.
inline constexpr WallTime kEarliestTime{std::chrono::nanoseconds{std::chrono::seconds{-9'200'000'000}}};
inline constexpr WallTime kLatestTime{std::chrono::nanoseconds{std::chrono::seconds{9'200'000'000}}};

/// Reads RFC 3339, section 5.6, also with a blank for the T; times beyond the ends are the ends.
/// errors: kBadInput, saying what is allowed.
Result<WallTime> parse_rfc3339(std::string_view text);

}  // namespace sonde::serve
