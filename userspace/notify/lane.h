#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "base/clock.h"
#include "notify/delivery.h"
#include "notify/told_board.h"
#include "notify/types.h"

namespace sonde::notify {

/// A delivery that is not over, timed by the kernel's clock: who sets the wall clock neither hurries nor holds it.
struct Waiting {
  Delivery delivery;
  KernelTime created_at;
  KernelTime due_at;
  KernelTime expires_at;
  std::uint64_t order = 0;  ///< of arrival, within the channel
};

/// What waits for a channel about one subject, in the order in which it is sent.
struct Lane {
  Subject subject;
  std::deque<Waiting> items;
  bool is_held = false;      ///< waits for a digest
  bool may_pass = false;     ///< alone in a digest: as well by itself
  bool is_critical = false;  ///< any item is
};

/// True if it has certainly not arrived, and is not on its way.
[[nodiscard]] bool is_unsent(const Delivery& delivery);

/// Takes out what is not worth sending any more, and returns it with its state and why:
/// pages whose end is already there; updates and repeats that a newer one says better; and what is only for those who
/// have heard of the occurrence, if the channel has not and will not.
[[nodiscard]] std::vector<Delivery> tidy(Lane& lane, const ToldBoard& told);

}  // namespace sonde::notify
