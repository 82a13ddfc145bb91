#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "notify/delivery.h"
#include "notify/destination_gate.h"
#include "notify/lane.h"
#include "notify/sender.h"
#include "notify/told_board.h"
#include "notify/types.h"

namespace sonde::notify {

/// What matters of a channel's kind.
struct ChannelTraits {
  std::string name;
  bool is_idempotent = false;
  bool takes_digests = true;  ///< false: a program, which is told again and again anyway
  std::chrono::nanoseconds pace{0};
};

/// A message that may leave now.
struct Lease {
  Delivery delivery;
  std::optional<Receipt> incident{};
  bool may_be_repeat = false;
  std::chrono::nanoseconds waited{0};
};

/// What one channel has still to be told: decides what leaves next and what becomes of each message, and sends nothing
/// itself. Messages about one subject leave in their order, one at a time; what waits for its next attempt holds up no
/// other subject. Every step is a record to be kept: take_records() after each call.
/// owner: borrows the options, which may change between calls.  threads: one at a time.
class ChannelOutbox {
 public:
  ChannelOutbox(const NotifyOptions& options, ChannelTraits traits);

  /// The channel is another one of the same name now; what waits goes there.
  void use(ChannelTraits traits);

  /// There is no such channel any more: what waits dies, but for what is on its way.
  void close(const std::string& why, const Instant& now);

  /// A message that is new; it dies at once if there are too many.
  void add(Delivery delivery, const Instant& now);

  /// One that an earlier process has left: what was on its way may have arrived.
  void restore(Delivery delivery, const Instant& now);
  void restore(Told told, const Instant& now) { told_.restore(std::move(told), now.kernel); }

  /// An earlier process may have told of it.
  void recall(const Notification& notification) { told_.note_maybe(notification, traits_.name); }

  /// The next message, if one is due; settle() says what became of it before another is asked for.
  std::optional<Lease> lease(const Instant& now);

  /// units: `jitter` in [0, 1).
  void settle(const Attempt& attempt, const Instant& now, double jitter);

  /// Pages about an incident that have certainly not arrived are not sent any more.  Returns how many.
  std::size_t cancel(std::int64_t incident, const std::string& why, const Instant& now);

  /// True if it has heard, or may yet hear, of the message's occurrence.
  [[nodiscard]] bool knows(const Notification& notification) const;

  /// When lease() may have one; nothing if nothing waits.
  [[nodiscard]] std::optional<KernelTime> next_due() const;

  [[nodiscard]] std::vector<DeliveryRecord> take_records() { return std::exchange(records_, {}); }

  /// Those that are not over, by subject.
  [[nodiscard]] std::vector<Delivery> waiting() const;

  /// Adds the gauges.
  void describe(DeliveryCounters& counters) const;
  [[nodiscard]] const std::string& name() const { return traits_.name; }
  [[nodiscard]] const Told* told(const Notification& notification) const { return told_.find(notification); }

 private:
  using Turn = std::tuple<KernelTime, std::uint64_t, Subject>;  // due, order

  void append(Delivery delivery, const Instant& now, KernelTime due_at);
  void tidy_up(Lane& lane, const Instant& now);
  void place(const Subject& subject);
  void unplace(const Lane& lane);
  Lane* next_lane(KernelTime now);
  bool must_wait(const Lane& lane, KernelTime now);
  bool end_front(Lane& lane, const Instant& now);
  Lease lease_front(Lane& lane, const Instant& now);
  void make_digest(const Instant& now);
  void end_later(const Notification& digest, const Instant& now);
  std::vector<std::shared_ptr<const Notification>> fold(Lane& lane, const std::string& why, const Instant& now);
  void finish(Delivery delivery, const Instant& now);
  void record(Delivery delivery, bool with_told);
  void wait_again(Waiting& item, const Attempt& attempt, const Instant& now, double jitter);
  void wake_all(KernelTime now);

  const NotifyOptions& options_;
  ChannelTraits traits_;
  DestinationGate gate_;
  ToldBoard told_;
  std::map<Subject, Lane> lanes_;
  std::array<std::set<Turn>, 2> turns_;  // of lanes that wait for their time: critical ones first
  std::map<Subject, Turn> placed_;       // where in turns_
  std::set<Subject> held_;               // lanes that wait for a digest
  KernelTime held_since_;                // the first of them
  std::optional<Subject> leased_;        // whose front is on its way
  std::optional<Told> told_before_;      // as of the lease
  std::size_t count_ = 0;                // of all items
  std::uint64_t order_ = 0;
  std::vector<DeliveryRecord> records_;
};

}  // namespace sonde::notify
