#include "notify/told_board.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace sonde::notify {
namespace {

/// Somebody may still note something about it, or it may be opened again and go on where it was.
constexpr std::chrono::hours kRemembered{1};

}  // namespace

const Told* ToldBoard::find(const Notification& notification) const {
  const auto found = told_.find(key_of(notification));
  return found == told_.end() ? nullptr : &found->second;
}

std::optional<Receipt> ToldBoard::receipt(const Notification& notification) const {
  const Subject subject = subject_of(notification);
  // Without an incident nothing is opened again: what was is over.
  const std::uint32_t first = notification.incident == 0 ? notification.occurrence : 0;
  auto each = told_.upper_bound(Key{subject, notification.occurrence});
  while (each != told_.begin()) {
    --each;
    if (each->first.first != subject || each->first.second < first) break;
    if (each->second.surely && !each->second.receipt.id.empty()) return each->second.receipt;
  }
  return std::nullopt;
}

void ToldBoard::note_maybe(const Notification& notification, const std::string& channel) {
  Told& told = told_[key_of(notification)];
  told.incident = notification.incident;
  told.occurrence = notification.occurrence;
  told.channel = channel;
  told.number = std::max(told.number, notification.number);
}

void ToldBoard::note_sent(const Delivery& delivery, KernelTime now) {
  const Notification& notification = *delivery.notification;
  note_maybe(notification, delivery.channel);
  Told& told = told_[key_of(notification)];
  told.surely = true;
  told.last_delivery = delivery.id;
  told.last = delivery.notification;
  if (!delivery.receipt.id.empty()) told.receipt = delivery.receipt;
  if (notification.kind == MessageKind::kResolved) note_over(key_of(notification), now);
  forget_old(now);
}

void ToldBoard::put_back(const Notification& notification, const std::optional<Told>& before) {
  if (before) {
    told_[key_of(notification)] = *before;
  } else {
    told_.erase(key_of(notification));
  }
}

void ToldBoard::restore(Told told, KernelTime now) {
  const Key key{{.incident = told.incident}, told.occurrence};
  const bool is_over = told.last != nullptr && told.last->kind == MessageKind::kResolved;
  told_[key] = std::move(told);
  if (is_over) note_over(key, now);
}

/// What belongs to no incident has no second occurrence: the same key may begin anew at once.
void ToldBoard::note_over(const Key& key, KernelTime now) {
  if (key.first.incident == 0) {
    told_.erase(key);
  } else {
    over_.emplace_back(now, key);
  }
}

void ToldBoard::forget_old(KernelTime now) {
  for (; !over_.empty() && now - over_.front().first >= kRemembered; over_.pop_front())
    told_.erase(over_.front().second);
}

}  // namespace sonde::notify
