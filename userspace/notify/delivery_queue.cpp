#include "notify/delivery_queue.h"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <thread>
#include <utility>

#include "notify/render.h"

namespace sonde::notify {

using std::chrono::nanoseconds;

DeliveryQueue::DeliveryQueue(NotifyOptions options, HttpClient& client, const Clock& clock, std::uint64_t jitter_seed)
    : options_(std::move(options)), client_(client), clock_(clock), random_(jitter_seed) {
  lines_.resize(options_.channels.size());
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    lines_[i].channel = options_.channels[i];
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
      line.items.push_back(Item{shared, expires_at});
    }
  }
  enqueued_.notify_all();
}

/// True if the front was due and is out of the way now, so the next one may go.
bool DeliveryQueue::send_front(Line& line) {
  std::shared_ptr<const Notification> notification;
  {
    const std::lock_guard lock(mutex_);
    if (line.items.empty() || line.not_before > clock_.kernel_now()) return false;
    notification = line.items.front().notification;
  }
  HttpPost post = render(line.channel, *notification);
  post.timeout = options_.timeout;
  const Result<HttpReply> reply = client_.post(post);
  return settle(line, judge(reply, line.channel.kind, clock_.now()));
}

bool DeliveryQueue::settle(Line& line, const Attempt& attempt) {
  const KernelTime now = clock_.kernel_now();
  const std::lock_guard lock(mutex_);
  line.counters.last_error = attempt.error;
  if (attempt.outcome != Outcome::kRetry) {
    line.failures = 0;
    ++(attempt.outcome == Outcome::kDelivered ? line.counters.delivered : line.counters.failed);
    line.items.pop_front();
    return true;
  }
  ++line.failures;
  const double jitter = std::uniform_real_distribution<double>(0.0, 1.0)(random_);
  nanoseconds wait = backoff(options_, line.failures, jitter);
  // A receiver may ask for patience, but not for more than a message has.
  if (attempt.wait) wait = std::max(wait, std::min(*attempt.wait, options_.give_up_after));
  line.not_before = now + wait;
  if (now >= line.items.front().expires_at) {
    ++line.counters.failed;
    line.items.pop_front();
  } else {
    ++line.counters.retries;
  }
  return false;
}

std::optional<KernelTime> DeliveryQueue::attempt_due() {
  std::optional<KernelTime> next;
  for (Line& line : lines_) {
    while (send_front(line)) {
    }
    const std::lock_guard lock(mutex_);
    if (line.items.empty()) continue;
    next = next ? std::min(*next, line.not_before) : line.not_before;
  }
  return next;
}

void DeliveryQueue::wait_until_due(Line& line, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  if (line.items.empty()) enqueued_.wait(lock, stop, [&line] { return !line.items.empty(); });
  const nanoseconds wait = line.not_before - clock_.kernel_now();
  if (line.items.empty() || wait <= nanoseconds{0}) return;
  enqueued_.wait_for(lock, stop, wait, [this, &line] { return line.not_before <= clock_.kernel_now(); });
}

void DeliveryQueue::run_line(Line& line, const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    while (!stop.stop_requested() && send_front(line)) {
    }
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
