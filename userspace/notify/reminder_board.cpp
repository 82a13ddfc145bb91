#include "notify/reminder_board.h"

namespace sonde::notify {
namespace {

constexpr std::chrono::minutes kRhythm{1};
constexpr std::chrono::minutes kResolvedFor{15};

}  // namespace

void ReminderBoard::note(const Notification& notification, KernelTime now) {
  if (entries_.empty()) next_due_ = now + kRhythm;
  for (auto& [key, entry] : entries_) {
    const bool is_past = key.first == notification.dedup_key && key.second != notification.severity && !entry.until;
    if (!is_past) continue;
    entry.notification.firing = false;
    entry.notification.at = notification.at;
    entry.until = now + kResolvedFor;
    next_due_ = now;
  }
  const auto until = notification.firing ? std::nullopt : std::optional(now + kResolvedFor);
  entries_[{notification.dedup_key, notification.severity}] = {notification, until};
}

void ReminderBoard::recall(const Notification& notification, KernelTime now) {
  note(notification, now);
  next_due_ = now;
}

std::vector<Notification> ReminderBoard::take_due(KernelTime now) {
  std::erase_if(entries_, [&](const auto& each) { return each.second.until && *each.second.until <= now; });
  std::vector<Notification> due;
  if (entries_.empty() || now < next_due_) return due;
  next_due_ = now + kRhythm;
  for (const auto& [key, entry] : entries_) due.push_back(entry.notification);
  return due;
}

std::optional<KernelTime> ReminderBoard::next_due() const {
  return entries_.empty() ? std::nullopt : std::optional(next_due_);
}

}  // namespace sonde::notify
