#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <queue>
#include <vector>

#include "base/clock.h"

namespace sonde::probe {

/// When each target is due: at whole multiples of its interval after a moment of its own, so that a slow result moves
/// nothing, and spread over the interval, so that hundreds of targets are not asked at once. The first round is spread
/// over ten seconds at most: nobody waits a minute for the first news.
/// threads: one at a time.
class Schedule {
 public:
  Schedule(std::vector<std::chrono::nanoseconds> intervals, KernelTime start);

  struct Due {
    std::size_t target = 0;
    std::chrono::nanoseconds late{0};
    std::uint64_t skipped = 0;  ///< moments of this target that went by since the last time it was due
  };

  /// The next target that is due at `now`, if there is any; it is due again an interval later.
  std::optional<Due> pop(KernelTime now);

  /// When the next one is due; nothing if there are no targets.
  [[nodiscard]] std::optional<KernelTime> next() const;

 private:
  struct Turn {
    KernelTime at;
    std::size_t target = 0;
    bool operator>(const Turn& other) const { return at != other.at ? at > other.at : target > other.target; }
  };

  std::vector<std::chrono::nanoseconds> intervals_;
  std::vector<KernelTime> origins_;  // of each target's grid
  std::priority_queue<Turn, std::vector<Turn>, std::greater<>> turns_;
};

}  // namespace sonde::probe
