#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "notify/types.h"
#include "notify/wording.h"

namespace sonde::notify {

enum class Outcome : std::uint8_t {
  kDelivered,
  kRetry,    ///< another attempt may succeed
  kPause,    ///< the receiver wants no more for a while: the attempt does not count, and nothing else goes there either
  kRefused,  ///< no attempt will succeed
};

/// What became of one attempt.
struct Attempt {
  Outcome outcome = Outcome::kRetry;
  std::optional<std::chrono::nanoseconds> wait{};  ///< what the receiver asked for
  std::string error{};            ///< whom it did not reach, and why; empty if it reached everybody; holds no secret
  bool may_have_arrived = false;  ///< not delivered, but the message went out and its answer is not known
  std::vector<std::string> remaining{};  ///< who is left for another attempt; empty: everybody
  Receipt receipt{};
};

/// Of a message that the receiver has no place for.
inline Attempt nothing_to_send(std::string why) {
  return {.outcome = Outcome::kDelivered, .receipt = {"", "", "not sent: " + std::move(why)}};
}

/// One message on its way, and what earlier attempts have left.
struct Outgoing {
  const Notification& notification;  ///< owner: the caller
  std::string id;                    ///< the same for every attempt, for receivers that must not act twice
  WallTime now;
  unsigned attempt = 1;
  bool may_be_repeat = false;            ///< an earlier attempt may have arrived
  std::optional<Receipt> incident{};     ///< of the last message about the same incident
  std::vector<std::string> remaining{};  ///< as in the last Attempt
  std::string instead_of{};              ///< as of Delivery
};

inline Remarks remarks_of(const Outgoing& outgoing) { return {outgoing.may_be_repeat, outgoing.instead_of}; }

/// How messages reach one destination. A sender keeps no state: whoever uses it keeps what an Attempt says.
class Sender {
 public:
  virtual ~Sender() = default;

  /// Sends and waits for the answer.  threads: any.
  virtual Attempt send(const Outgoing& outgoing) = 0;

  /// True if a message that arrives twice is the same as one that arrives once.
  [[nodiscard]] virtual bool is_idempotent() const = 0;

  /// The least time between two messages.
  [[nodiscard]] virtual std::chrono::nanoseconds pace() const { return std::chrono::nanoseconds{0}; }

  /// True if the receiver forgets what it is not told again and again.
  [[nodiscard]] virtual bool needs_reminders() const { return false; }

  /// Tells again what fires and what has lately resolved.  threads: any.
  virtual Attempt remind(std::span<const Notification>, WallTime) { return {.outcome = Outcome::kDelivered}; }
};

}  // namespace sonde::notify
