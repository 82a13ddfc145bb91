#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <set>
#include <string>

#include "base/clock.h"
#include "notify/types.h"

namespace sonde::notify {

/// When the next message may leave for a destination: its pace, the pauses it asks for, a breaker for one that is down,
/// and how many messages an hour people can bear.  threads: one at a time.
class DestinationGate {
 public:
  /// So many messages that fail one after the other break it: from then on one is tried at a time, ever more rarely.
  static constexpr std::size_t kBreaksAfter = 3;

  DestinationGate(const NotifyOptions& options, std::chrono::nanoseconds pace) : options_(options), pace_(pace) {}

  /// From the next attempt on.
  void use(std::chrono::nanoseconds pace) { pace_ = pace; }

  [[nodiscard]] KernelTime opens_at() const { return opens_at_; }
  [[nodiscard]] bool is_broken() const { return failing_.size() >= kBreaksAfter; }

  /// An attempt has ended.
  void note_attempt(KernelTime now);
  /// The destination has answered for itself.  Returns whether it was broken before.
  bool note_answer();
  /// It has not, or not well.  units: `jitter` in [0, 1).
  void note_failure(const std::string& id, KernelTime now, double jitter);
  void pause(KernelTime until);

  /// A message has, or may have, arrived, and counts for the hour.
  void note_message(KernelTime now) { messages_.push_back(now); }
  /// True if one more message of its own may leave in this hour; some of the hour's are for digests.
  [[nodiscard]] bool has_room(KernelTime now);
  /// When a digest of what has waited since `since` may leave.
  [[nodiscard]] KernelTime digest_at(KernelTime since) const;
  void note_digest(KernelTime now) { last_digest_ = now; }

 private:
  [[nodiscard]] std::size_t digests_an_hour() const;

  const NotifyOptions& options_;
  std::chrono::nanoseconds pace_;
  KernelTime opens_at_;
  std::set<std::string> failing_;  // ids of messages, in a row; no more than break it
  unsigned trips_ = 0;
  std::deque<KernelTime> messages_;  // of the last hour
  std::optional<KernelTime> last_digest_;
};

}  // namespace sonde::notify
