#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "notify/channel_outbox.h"
#include "notify/delivery_journal.h"
#include "notify/reminder_board.h"
#include "notify/sender.h"
#include "notify/types.h"

namespace sonde::notify {

/// Carries messages to their channels, at least once, in order for each incident and channel. Channels do not wait for
/// each other, nor incidents of one channel. Retries are timed by the kernel's clock, so a stepped wall clock neither
/// hurries nor holds them. What a channel could not be told, the fallback channel is.
/// owner: the clock and the journal outlive the queue.
class DeliveryQueue {
 public:
  /// `senders` are those of the options' channels; `jitter_seed` spreads the retries of several hosts; tests hand in a
  /// constant. Without a journal what waits lives in memory only.
  DeliveryQueue(NotifyOptions options, std::vector<std::unique_ptr<Sender>> senders, const Clock& clock,
                std::uint64_t jitter_seed, DeliveryJournal* journal = nullptr);

  /// From now on these channels, with `senders` of their own. What waits for one that is there goes on waiting for it;
  /// what waits for one that is gone dies, and goes to the fallback.  owner: shares the options, which the senders
  /// borrow.  threads: any.
  void use(std::shared_ptr<const NotifyOptions> options, std::vector<std::unique_ptr<Sender>> senders);

  /// Takes new messages, which are kept already if there is a journal. One whose channel there is not dies at once.
  /// threads: any.
  void enqueue(std::vector<Delivery> deliveries);

  /// The same for all channels.
  void enqueue(const Notification& notification);

  /// Takes up what an earlier process has left: `open` in the order it was made, and what was told. Call it first.
  /// threads: any.
  void restore(std::vector<Delivery> open, std::vector<Told> told);

  /// Takes up that an earlier process may have told of what still fires: receivers that forget are reminded of it.
  /// threads: any.
  void recall(const Notification& notification);

  /// Pages about an incident that have certainly not arrived, and are not on their way, are not sent any more: it is
  /// held back, or somebody cares for it.  Returns how many.  threads: any.
  std::size_t cancel(std::int64_t incident, const std::string& why);

  /// The same, of these channels only.
  std::size_t cancel(std::int64_t incident, const std::string& why, const std::set<std::string>& channels);

  /// Pages about incidents that have finally not arrived since the last time.  threads: any.
  [[nodiscard]] std::vector<Undelivered> take_undelivered();

  /// Tries a dead delivery once more, as if it were new.  errors: kNotFound without its channel, or, of the id, if it
  /// ended long ago; kConflict if it is not dead, or its channel knows more by now.  threads: any.
  Result<Delivery> retry(Delivery dead);
  Result<Delivery> retry(const std::string& id);

  /// Those that are not over, and the last that are.  threads: any.
  [[nodiscard]] std::vector<Delivery> deliveries() const;

  /// Sends everything that is due, one channel after the other, and says when something is due again; nothing if
  /// nothing waits.  threads: one at a time, and not while run() runs.
  std::optional<KernelTime> attempt_due();

  /// Delivers until stopped, with one thread for each channel, also for those that come later. Without a journal it
  /// then tries once more what is due, for one timeout at most: what counters() call queued after that is lost. errors:
  /// kLimit if threads cannot be started.
  Result<> run(const std::stop_token& stop);

  /// How long the message that is most overdue has been due; zero if none is.  threads: any.
  [[nodiscard]] std::chrono::nanoseconds longest_overdue() const;

  /// Of the channels there are, in the order in which they came.  threads: any.
  [[nodiscard]] std::vector<DeliveryCounters> counters() const;

  /// Why the last step could not be kept; empty if it was.  threads: any.
  [[nodiscard]] std::string journal_error() const;

 private:
  /// How a channel is reached.
  struct Carriage {
    std::shared_ptr<const NotifyOptions> options;  // which the sender borrows; null: somebody else keeps them
    std::unique_ptr<Sender> sender;
  };
  struct Line {
    Line(const NotifyOptions& options, ChannelTraits traits) : outbox(options, std::move(traits)) {
      counters.channel = outbox.name();
    }

    std::shared_ptr<const Carriage> carriage;  // whoever sends keeps it until the answer is there
    bool is_gone = false;                      // not configured any more
    ChannelOutbox outbox;
    ReminderBoard reminders;
    DeliveryCounters counters;
    std::mutex keeping;   // its steps are kept one after the other; taken before the queue's own
    bool is_kept = true;  // the last of them; guarded by `keeping`
  };

  void take_up(std::size_t channel, std::shared_ptr<const NotifyOptions> owner, std::unique_ptr<Sender> sender);
  void start_lines(std::vector<std::jthread>& threads, const std::stop_token& stop);
  [[nodiscard]] std::vector<Line*> all_lines() const;
  [[nodiscard]] Instant now() const { return {clock_.kernel_now(), clock_.now()}; }
  Line* line_of(const std::string& channel);
  std::optional<DeliveryRecord> admit(Delivery delivery, bool is_restored);
  void admit_all(std::vector<Delivery> deliveries, bool is_restored);
  bool send_next(Line& line);
  void settle(Line& line, const Lease& lease, const Attempt& attempt);
  bool close(Line& line);
  void close_strays(std::vector<DeliveryRecord> records);
  [[nodiscard]] std::vector<DeliveryRecord> take(Line& line);
  [[nodiscard]] std::vector<Delivery> divert_lost(const std::vector<DeliveryRecord>& records);
  void remember(const Delivery& delivery);
  [[nodiscard]] bool goes_to_fallback(const DeliveryRecord& record);
  bool keep(const std::vector<DeliveryRecord>& records);
  void remind(Line& line);
  [[nodiscard]] std::optional<KernelTime> due_at(const Line& line) const;
  void run_line(Line& line, const std::stop_token& stop);
  void wait_until_due(Line& line, const std::stop_token& stop);

  const Clock& clock_;
  DeliveryJournal* const journal_;

  mutable std::mutex mutex_;  // guards what follows
  NotifyOptions options_;
  std::condition_variable_any enqueued_;
  std::mt19937_64 random_;
  std::vector<std::unique_ptr<Line>> lines_;  // never shrinks: a thread may be at any of them
  std::deque<Delivery> ended_;                // the last
  std::deque<Undelivered> undelivered_;
  std::string journal_error_;
};

}  // namespace sonde::notify
