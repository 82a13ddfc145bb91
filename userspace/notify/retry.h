#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/clock.h"
#include "notify/http_client.h"
#include "notify/sender.h"
#include "notify/types.h"

namespace sonde::notify {

/// What a status says by itself: 2xx is delivered; 429 pauses the destination; the network, 408, 425 and other 5xx are
/// worth another attempt; everything else is refused for good.
Attempt judge_http(const HttpOutcome& outcome, WallTime now);

/// Of a receiver that cannot answer with a web page: what claims to be delivered with one was not, something in between
/// has answered.
Attempt judge_api(const HttpOutcome& outcome, WallTime now);

/// Reads Retry-After (RFC 9110, 10.2.3): seconds, or a date, which is compared with `now`. Nothing if it is neither.
std::optional<std::chrono::nanoseconds> parse_retry_after(const std::string& value, WallTime now);

/// How long a destination rests that asked for it: as long as it said, 30 s if it did not, an hour at most.
std::chrono::nanoseconds pause_of(std::optional<std::chrono::nanoseconds> asked);

/// How long to wait after the `failures`-th failure in a row: first_retry doubled each time up to longest_retry, give
/// or take a fifth.  units: `jitter` in [0, 1).
std::chrono::nanoseconds backoff(const NotifyOptions& options, unsigned failures, double jitter);

}  // namespace sonde::notify
