#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "notify/http_client.h"
#include "notify/types.h"

namespace sonde::notify {

enum class Outcome : std::uint8_t { kDelivered, kRetry, kRefused };

/// What became of one attempt.
struct Attempt {
  Outcome outcome = Outcome::kRetry;
  std::optional<std::chrono::nanoseconds> wait;  ///< what the receiver asked for
  std::string error;                             ///< empty if delivered; holds no secret
};

/// 2xx is delivered; the network, 408, 425, 429 and 5xx are worth another attempt; everything else is refused for good.
Attempt judge(const Result<HttpReply>& reply, ChannelKind kind, WallTime now);

/// Reads Retry-After (RFC 9110, 10.2.3): seconds, or a date, which is compared with `now`. Nothing if it is neither.
std::optional<std::chrono::nanoseconds> parse_retry_after(const std::string& value, WallTime now);

/// How long to wait after the `failures`-th failure in a row: first_retry doubled each time up to longest_retry, then
/// shortened by a share of up to a half.  units: `jitter` in [0, 1).
std::chrono::nanoseconds backoff(const NotifyOptions& options, unsigned failures, double jitter);

}  // namespace sonde::notify
