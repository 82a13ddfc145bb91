#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <stop_token>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "notify/http_client.h"
#include "notify/retry.h"
#include "notify/types.h"

namespace sonde::notify {

/// Carries every notification to every channel, at least once, in order for each channel. Channels do not wait for each
/// other. Retries are timed by the kernel's clock, so a stepped wall clock neither hurries nor holds them.
/// What waits lives in memory only.
/// owner: the client and the clock outlive the queue.
class DeliveryQueue {
 public:
  /// `jitter_seed` spreads the retries of several hosts; tests hand in a constant.
  DeliveryQueue(NotifyOptions options, HttpClient& client, const Clock& clock, std::uint64_t jitter_seed);

  /// Queues for all channels; a channel whose queue is full counts it as failed.  threads: any.
  void enqueue(const Notification& notification);

  /// Sends everything that is due, one channel after the other, and says when something is due again; nothing if
  /// nothing waits.  threads: one at a time, and not while run() runs.
  std::optional<KernelTime> attempt_due();

  /// Delivers until stopped, with one thread for each channel; then tries once more what is due, for one timeout at
  /// most. What counters() call queued after that was not delivered.  errors: kLimit if threads cannot be started.
  Result<> run(const std::stop_token& stop);

  /// In the order of the options' channels.  threads: any.
  [[nodiscard]] std::vector<DeliveryCounters> counters() const;

 private:
  struct Item {
    std::shared_ptr<const Notification> notification;
    KernelTime expires_at;
  };
  struct Line {
    Channel channel;
    std::deque<Item> items;
    unsigned failures = 0;  // in a row, of the channel rather than of one item: a dead channel stays slow
    KernelTime not_before;
    DeliveryCounters counters;
  };

  bool send_front(Line& line);
  bool settle(Line& line, const Attempt& attempt);
  void run_line(Line& line, const std::stop_token& stop);
  void wait_until_due(Line& line, const std::stop_token& stop);

  const NotifyOptions options_;
  HttpClient& client_;
  const Clock& clock_;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable_any enqueued_;
  std::mt19937_64 random_;
  std::vector<Line> lines_;  // never grows after construction
};

}  // namespace sonde::notify
