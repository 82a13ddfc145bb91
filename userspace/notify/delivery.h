#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "notify/types.h"

namespace sonde::notify {

/// One moment by both clocks.
struct Instant {
  KernelTime kernel;
  WallTime wall;
};

/// Messages about the same subject go to a channel in their order: an incident; what is of none has its own key.
struct Subject {
  std::int64_t incident = 0;
  std::string key{};  ///< empty if there is an incident

  bool operator==(const Subject&) const = default;
  auto operator<=>(const Subject&) const = default;
};

[[nodiscard]] Subject subject_of(const Notification& notification);

/// True if it tells of what fires: kFiring, kUpdate, kRepeat. The others are only for whom such a one has told.
[[nodiscard]] bool is_page(MessageKind kind);

/// True if nothing happens to it any more.
[[nodiscard]] bool is_over(DeliveryState state);

/// How long a message is worth sending: give_up_after, and twice that for what people were waiting for, its end.
[[nodiscard]] std::chrono::nanoseconds life_of(const Notification& notification, const NotifyOptions& options);

/// A message to one channel, due at once.
[[nodiscard]] Delivery make_delivery(std::shared_ptr<const Notification> notification, const std::string& channel,
                                     const NotifyOptions& options, WallTime now);

/// The same for the fallback channel, whose text says why it comes there.
[[nodiscard]] Delivery divert(const Delivery& lost, const NotifyOptions& options, WallTime now);

/// What becomes of a message whose channel is not configured.
[[nodiscard]] std::string no_channel(const std::string& channel);

/// The same text, which says that it comes late.
[[nodiscard]] std::shared_ptr<const Notification> say_late(const Notification& notification,
                                                           std::chrono::nanoseconds late);

}  // namespace sonde::notify
