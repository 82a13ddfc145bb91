#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "base/clock.h"

namespace sonde::host {

/// Decides whether what happened is an event of its own or is told with the last event, so that a pool that starts
/// fifty workers is one event, and a service that does the same each second all day does not push everything else out
/// of the log. Within ten seconds so many are told one by one; where it goes on, the span doubles, up to ten minutes.
class EventDamper {
 public:
  /// units: budget in events within one span.
  explicit EventDamper(std::uint32_t budget) : budget_(budget) {}

  /// Takes an occurrence down.  returns: 0 if it is an event of its own; else how many the last event tells of besides
  /// its own, this one included.
  std::uint64_t take(WallTime at);

  /// Since the last event's span began.
  [[nodiscard]] std::chrono::nanoseconds elapsed(WallTime at) const;

 private:
  std::uint32_t budget_;
  std::optional<WallTime> began_at_;
  std::chrono::nanoseconds span_{0};
  std::uint32_t events_ = 0;  // of this span
  std::uint64_t merged_ = 0;  // of this span, beyond the events
};

}  // namespace sonde::host
