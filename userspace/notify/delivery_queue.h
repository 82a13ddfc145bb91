#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "notify/reminder_board.h"
#include "notify/retry.h"
#include "notify/sender.h"
#include "notify/types.h"

namespace sonde::notify {

/// Carries every notification to every channel, at least once, in order for each channel. Channels do not wait for each
/// other. Retries are timed by the kernel's clock, so a stepped wall clock neither hurries nor holds them.
/// What waits lives in memory only.
/// owner: the clock outlives the queue.
class DeliveryQueue {
 public:
  /// `senders` are those of the options' channels; `jitter_seed` spreads the retries of several hosts; tests hand in a
  /// constant.
  DeliveryQueue(NotifyOptions options, std::vector<std::unique_ptr<Sender>> senders, const Clock& clock,
                std::uint64_t jitter_seed);

  /// Queues for all channels; a channel whose queue is full counts it as failed.  threads: any.
  void enqueue(const Notification& notification);

  /// Takes up what an earlier process has told and what still fires: receivers that forget are reminded of it, nobody
  /// else hears of it.  threads: any.
  void recall(const Notification& notification);

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
    std::string id;
    KernelTime expires_at;
    unsigned attempts = 0;
    unsigned uncertain = 0;  // attempts that may have arrived
    std::vector<std::string> remaining{};
  };
  struct Line {
    std::unique_ptr<Sender> sender;
    std::deque<Item> items;
    unsigned failures = 0;  // in a row, of the channel rather than of one item: a dead channel stays slow
    KernelTime not_before;
    std::map<std::string, Receipt> incidents;  // what is told of what fires, by dedup_key
    ReminderBoard reminders;
    DeliveryCounters counters;
  };

  bool send_front(Line& line);
  bool settle(Line& line, const Attempt& attempt);
  void finish_front(Line& line, const Attempt& attempt);
  void keep_front(Line& line, const Attempt& attempt);
  bool is_given_up(const Line& line, const Attempt& attempt) const;
  void remind(Line& line);
  [[nodiscard]] std::optional<KernelTime> due_at(const Line& line) const;
  void run_line(Line& line, const std::stop_token& stop);
  void wait_until_due(Line& line, const std::stop_token& stop);

  const NotifyOptions options_;
  const Clock& clock_;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable_any enqueued_;
  std::mt19937_64 random_;
  std::vector<Line> lines_;  // never grows after construction
};

}  // namespace sonde::notify
