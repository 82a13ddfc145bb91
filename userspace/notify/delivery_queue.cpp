#include "notify/delivery_queue.h"

#include <algorithm>
#include <chrono>
#include <span>
#include <system_error>
#include <thread>
#include <utility>

#include "notify/digest.h"

namespace sonde::notify {

using std::chrono::nanoseconds;

namespace {

/// A receiver that never says whether it has a message gets it so often again.
constexpr unsigned kMostRepeats = 3;

/// So many alerts in one reminder.
constexpr std::size_t kReminderSize = 200;

}  // namespace

DeliveryQueue::DeliveryQueue(NotifyOptions options, std::vector<std::unique_ptr<Sender>> senders, const Clock& clock,
                             std::uint64_t jitter_seed)
    : options_(std::move(options)), clock_(clock), random_(jitter_seed) {
  lines_.resize(senders.size());
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    lines_[i].sender = std::move(senders[i]);
    lines_[i].counters.channel = options_.channels[i].name;
  }
}

void DeliveryQueue::enqueue(const Notification& notification) {
  const auto shared = std::make_shared<const Notification>(notification);
  const KernelTime expires_at = clock_.kernel_now() + options_.give_up_after;
  {
    const std::lock_guard lock(mutex_);
    for (Line& line : lines_) {
      if (line.items.size() >= options_.max_queued) {
        ++line.counters.failed;
        line.counters.last_error = "the queue is full; raise notify.max_queued or mend the channel";
        continue;
      }
      line.items.push_back(
          {.notification = shared, .id = delivery_id(notification, line.counters.channel), .expires_at = expires_at});
    }
  }
  enqueued_.notify_all();
}

void DeliveryQueue::recall(const Notification& notification) {
  const KernelTime now = clock_.kernel_now();
  {
    const std::lock_guard lock(mutex_);
    for (Line& line : lines_) {
      if (line.sender->needs_reminders()) line.reminders.recall(notification, now);
    }
  }
  enqueued_.notify_all();
}

/// True if the front was due and is out of the way now, so the next one may go.
bool DeliveryQueue::send_front(Line& line) {
  std::shared_ptr<const Notification> notification;
  std::optional<Outgoing> outgoing;
  {
    const std::lock_guard lock(mutex_);
    if (line.items.empty() || line.not_before > clock_.kernel_now()) return false;
    Item& item = line.items.front();
    ++item.attempts;
    notification = item.notification;
    outgoing.emplace(Outgoing{.notification = *notification,
                              .id = item.id,
                              .now = clock_.now(),
                              .attempt = item.attempts,
                              .may_be_repeat = item.uncertain > 0,
                              .remaining = item.remaining});
    const auto incident = line.incidents.find(notification->dedup_key);
    if (incident != line.incidents.end()) outgoing->incident = incident->second;
  }
  return settle(line, line.sender->send(*outgoing));
}

bool DeliveryQueue::settle(Line& line, const Attempt& attempt) {
  const std::lock_guard lock(mutex_);
  line.counters.last_error = attempt.error;
  line.not_before = std::max(line.not_before, clock_.kernel_now() + line.sender->pace());
  const bool is_final = attempt.outcome == Outcome::kDelivered || attempt.outcome == Outcome::kRefused;
  if (!is_final) keep_front(line, attempt);
  if (!is_final && !is_given_up(line, attempt)) {
    ++line.counters.retries;
    return false;
  }
  finish_front(line, attempt);
  return is_final;
}

/// Sets when the front of the line is tried again, and for whom.
void DeliveryQueue::keep_front(Line& line, const Attempt& attempt) {
  Item& item = line.items.front();
  if (!attempt.remaining.empty()) item.remaining = attempt.remaining;
  if (attempt.may_have_arrived && !line.sender->is_idempotent()) ++item.uncertain;
  const bool is_pause = attempt.outcome == Outcome::kPause;
  if (!is_pause) ++line.failures;
  const double jitter = std::uniform_real_distribution<double>(0.0, 1.0)(random_);
  nanoseconds wait = is_pause ? nanoseconds{0} : backoff(options_, line.failures, jitter);
  // A receiver may ask for patience, but not for more than a message has.
  if (attempt.wait) wait = std::max(wait, std::min(*attempt.wait, options_.give_up_after));
  line.not_before = std::max(line.not_before, clock_.kernel_now() + wait);
}

bool DeliveryQueue::is_given_up(const Line& line, const Attempt& attempt) const {
  const Item& item = line.items.front();
  if (attempt.may_have_arrived && item.uncertain > kMostRepeats) return true;
  return clock_.kernel_now() >= item.expires_at;
}

void DeliveryQueue::finish_front(Line& line, const Attempt& attempt) {
  const Notification& notification = *line.items.front().notification;
  const bool is_delivered = attempt.outcome == Outcome::kDelivered;
  ++(is_delivered ? line.counters.delivered : line.counters.failed);
  if (is_delivered || attempt.outcome == Outcome::kRefused) line.failures = 0;
  if (is_delivered && notification.firing) line.incidents[notification.dedup_key] = attempt.receipt;
  if (!notification.firing) line.incidents.erase(notification.dedup_key);
  if (is_delivered && line.sender->needs_reminders()) line.reminders.note(notification, clock_.kernel_now());
  line.items.pop_front();
}

void DeliveryQueue::remind(Line& line) {
  std::vector<Notification> due;
  {
    const std::lock_guard lock(mutex_);
    due = line.reminders.take_due(clock_.kernel_now());
  }
  for (std::size_t i = 0; i < due.size(); i += kReminderSize) {
    const auto part = std::span(due).subspan(i, std::min(kReminderSize, due.size() - i));
    const Attempt attempt = line.sender->remind(part, clock_.now());
    const std::lock_guard lock(mutex_);
    line.counters.last_error = attempt.error;
  }
}

std::optional<KernelTime> DeliveryQueue::due_at(const Line& line) const {
  const auto reminder = line.reminders.next_due();
  if (line.items.empty()) return reminder;
  return reminder ? std::min(*reminder, line.not_before) : line.not_before;
}

std::optional<KernelTime> DeliveryQueue::attempt_due() {
  std::optional<KernelTime> next;
  for (Line& line : lines_) {
    while (send_front(line)) {
    }
    remind(line);
    const std::lock_guard lock(mutex_);
    const auto due = due_at(line);
    if (due) next = next ? std::min(*next, *due) : *due;
  }
  return next;
}

void DeliveryQueue::wait_until_due(Line& line, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  const auto due = due_at(line);
  if (!due) {
    enqueued_.wait(lock, stop, [&] { return due_at(line).has_value(); });
    return;
  }
  const nanoseconds wait = *due - clock_.kernel_now();
  if (wait <= nanoseconds{0}) return;
  // What is queued meanwhile may be due sooner.
  enqueued_.wait_for(lock, stop, wait, [&] { return due_at(line) != due || *due <= clock_.kernel_now(); });
}

void DeliveryQueue::run_line(Line& line, const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    while (!stop.stop_requested() && send_front(line)) {
    }
    if (!stop.stop_requested()) remind(line);
    wait_until_due(line, stop);
  }
  const KernelTime enough = clock_.kernel_now() + options_.timeout;
  while (clock_.kernel_now() < enough && send_front(line)) {
  }
}

Result<> DeliveryQueue::run(const std::stop_token& stop) {
  std::stop_source stop_all;
  const std::stop_callback forward(stop, [&stop_all] { stop_all.request_stop(); });
  std::vector<std::jthread> threads;
  try {
    threads.reserve(lines_.size());
    for (Line& line : lines_) {
      threads.emplace_back([this, &line, token = stop_all.get_token()] { run_line(line, token); });
    }
  } catch (const std::system_error& failure) {
    stop_all.request_stop();
    return Error{Code::kLimit, "start a thread for each channel: " + std::string(failure.what()),
                 failure.code().value()};
  }
  for (std::jthread& thread : threads) thread.join();
  return Ok{};
}

std::vector<DeliveryCounters> DeliveryQueue::counters() const {
  const std::lock_guard lock(mutex_);
  std::vector<DeliveryCounters> all;
  all.reserve(lines_.size());
  for (const Line& line : lines_) {
    all.push_back(line.counters);
    all.back().queued = line.items.size();
  }
  return all;
}

}  // namespace sonde::notify
