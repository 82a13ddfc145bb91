#include <algorithm>
#include <mutex>
#include <utility>

#include "notify/delivery.h"
#include "notify/delivery_queue.h"

namespace sonde::notify {

std::size_t DeliveryQueue::cancel(std::int64_t incident, const std::string& why) {
  std::size_t cancelled = 0;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& line : lines_) cancelled += line->outbox.cancel(incident, why, now());
  }
  for (Line* const line : all_lines()) close(*line);
  return cancelled;
}

std::size_t DeliveryQueue::cancel(std::int64_t incident, const std::string& why,
                                  const std::set<std::string>& channels) {
  std::size_t cancelled = 0;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& line : lines_) {
      if (channels.contains(line->outbox.name())) cancelled += line->outbox.cancel(incident, why, now());
    }
  }
  for (Line* const line : all_lines()) close(*line);
  return cancelled;
}

void DeliveryQueue::use(std::shared_ptr<const NotifyOptions> options, std::vector<std::unique_ptr<Sender>> senders) {
  {
    const std::lock_guard lock(mutex_);
    options_ = *options;
    for (const auto& line : lines_) line->is_gone = true;
    for (std::size_t i = 0; i < senders.size(); ++i) take_up(i, options, std::move(senders[i]));
    for (const auto& line : lines_) {
      if (!line->is_gone) continue;
      line->reminders = {};
      line->outbox.close(no_channel(line->outbox.name()), now());
    }
  }
  for (Line* const line : all_lines()) close(*line);
  enqueued_.notify_all();
}

std::vector<Undelivered> DeliveryQueue::take_undelivered() {
  const std::lock_guard lock(mutex_);
  std::vector<Undelivered> all(undelivered_.begin(), undelivered_.end());
  undelivered_.clear();
  return all;
}

std::chrono::nanoseconds DeliveryQueue::longest_overdue() const {
  const std::lock_guard lock(mutex_);
  std::chrono::nanoseconds longest{0};
  for (const auto& line : lines_) {
    const auto due = line->outbox.next_due();
    if (due) longest = std::max<std::chrono::nanoseconds>(longest, clock_.kernel_now() - *due);
  }
  return longest;
}

Result<Delivery> DeliveryQueue::retry(const std::string& id) {
  std::optional<Delivery> dead;
  {
    const std::lock_guard lock(mutex_);
    const auto found =
        std::find_if(ended_.rbegin(), ended_.rend(), [&](const Delivery& each) { return each.id == id; });
    if (found != ended_.rend()) dead = *found;
  }
  if (!dead) return Error{Code::kNotFound, "there is no delivery '" + id + "' that has ended lately"};
  return retry(*std::move(dead));
}

Result<Delivery> DeliveryQueue::retry(Delivery dead) {
  if (dead.state != DeliveryState::kDead) {
    return Error{Code::kConflict,
                 "the delivery is " + std::string(name_of(dead.state)) + "; only a dead one is retried"};
  }
  Line* const line = line_of(dead.channel);
  {
    const std::lock_guard lock(mutex_);
    if (line == nullptr) return Error{Code::kNotFound, "there is no channel '" + dead.channel + "' any more"};
    const Told* told = line->outbox.told(*dead.notification);
    if (dead.notification->incident != 0 && told != nullptr && told->number > dead.notification->number) {
      return Error{Code::kConflict, "channel '" + dead.channel + "' has been told of what came later"};
    }
    std::erase_if(ended_, [&](const Delivery& each) { return each.id == dead.id; });
  }
  dead.state = DeliveryState::kQueued;
  dead.due_at = clock_.now();
  dead.expires_at = dead.due_at + life_of(*dead.notification, options_);
  {
    // On disk before its channel's thread can see it, whose own steps come later.
    const std::lock_guard keeping(line->keeping);
    keep({DeliveryRecord{.delivery = dead}});
  }
  admit_all({dead}, false);
  return dead;
}

}  // namespace sonde::notify
