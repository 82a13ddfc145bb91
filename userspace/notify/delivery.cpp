#include "notify/delivery.h"

#include <chrono>
#include <cstdlib>
#include <utility>

#include "base/quantity.h"
#include "notify/digest.h"

namespace sonde::notify {
namespace {

void add_reason(Notification& notification, const std::string& reason) {
  if (!notification.reason.empty()) notification.reason += "; ";
  notification.reason += reason;
}

std::string why_lost(const Delivery& lost) {
  if (lost.state != DeliveryState::kDead) return "as its beginning, instead of channel '" + lost.channel + "'";
  const std::string why = lost.last_error.empty() ? "" : ": " + lost.last_error;
  return "channel '" + lost.channel + "' could not be told" + why;
}

}  // namespace

Subject subject_of(const Notification& notification) {
  if (notification.incident != 0) return {.incident = notification.incident};
  return {.incident = 0, .key = notification.dedup_key};
}

std::string no_channel(const std::string& channel) {
  return "there is no channel '" + channel + "' any more; add it, or change its receiver";
}

bool is_page(MessageKind kind) {
  switch (kind) {
    case MessageKind::kFiring:
    case MessageKind::kUpdate:
    case MessageKind::kRepeat:
      return true;
    case MessageKind::kResolved:
    case MessageKind::kAcknowledged:
    case MessageKind::kNoticed:
      return false;
  }
  std::abort();
}

bool is_over(DeliveryState state) {
  switch (state) {
    case DeliveryState::kQueued:
    case DeliveryState::kLeased:
    case DeliveryState::kRetryWait:
    case DeliveryState::kUnknown:
      return false;
    case DeliveryState::kSent:
    case DeliveryState::kDead:
    case DeliveryState::kCancelled:
    case DeliveryState::kSuperseded:
      return true;
  }
  std::abort();
}

std::chrono::nanoseconds life_of(const Notification& notification, const NotifyOptions& options) {
  return is_page(notification.kind) ? options.give_up_after : 2 * options.give_up_after;
}

Delivery make_delivery(std::shared_ptr<const Notification> notification, const std::string& channel,
                       const NotifyOptions& options, WallTime now) {
  Delivery delivery;
  delivery.id = delivery_id(*notification, channel);
  delivery.channel = channel;
  delivery.created_at = now;
  delivery.due_at = now;
  delivery.expires_at = now + life_of(*notification, options);
  delivery.notification = std::move(notification);
  return delivery;
}

Delivery divert(const Delivery& lost, const NotifyOptions& options, WallTime now) {
  Notification told = *lost.notification;
  add_reason(told, why_lost(lost));
  Delivery delivery =
      make_delivery(std::make_shared<const Notification>(std::move(told)), options.fallback, options, now);
  // Named after what was lost: two dead channels are two messages, and a death that is told twice is one.
  constexpr std::size_t kDigits = 32;
  delivery.id = sha256_hex(options.fallback + '\n' + lost.id).substr(0, kDigits);
  delivery.instead_of = lost.channel;
  return delivery;
}

std::shared_ptr<const Notification> say_late(const Notification& notification, std::chrono::nanoseconds late) {
  auto told = std::make_shared<Notification>(notification);
  add_reason(*told, "told " + format_duration(std::chrono::floor<std::chrono::minutes>(late)) + " late");
  return told;
}

}  // namespace sonde::notify
