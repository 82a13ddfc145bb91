#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "cli/types.h"

namespace sonde::cli {

/// Reads a time: RFC 3339, unix seconds, `now`, or how long ago (`15m` and `-15m` are the same).
/// errors: kBadInput, saying what is allowed.
Result<Moment> parse_moment(std::string_view text);

/// The time that is meant, as of `now`.
WallTime resolve(const Moment& moment, WallTime now);

/// As people read it, in this host's zone: `2026-03-01 14:03:07`.
std::string local_text(WallTime at);

/// The same to the millisecond: `2026-03-01 14:03:07.250`.
std::string local_text_ms(WallTime at);

/// As RFC 3339 writes it, to the millisecond in UTC: `2026-03-01T14:03:07.250Z`.
std::string utc_text(WallTime at);

/// As Prometheus' API takes it, unix seconds to the millisecond: `1772373787.250`.
std::string unix_text(WallTime at);

}  // namespace sonde::cli
