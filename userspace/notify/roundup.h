#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "base/clock.h"
#include "notify/types.h"

namespace sonde::notify {

/// The name of the alert that a digest is.
inline constexpr const char* kDigestRule = "SondeDigest";

[[nodiscard]] inline bool is_digest(const Notification& notification) { return notification.rule == kDigestRule; }

/// One message in place of many, which names each of their incidents once, as it is last.  shape: `messages` is not
/// empty, the oldest first.
[[nodiscard]] Notification make_digest(std::span<const std::shared_ptr<const Notification>> messages,
                                       const NotifyOptions& options, WallTime now);

/// That it is over, for receivers that hold it for an alert.
[[nodiscard]] Notification end_of_digest(const Notification& digest, WallTime at);

}  // namespace sonde::notify
