#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "probe/types.h"

namespace sonde::probe {

/// How often a target answered, in steps of each of kUptimeWindows. Steps are whole multiples of their length since
/// 1970, so that they are the same after a restart; a window is as exact as one step.
/// threads: one at a time.
class UptimeBook {
 public:
  void add(bool success, WallTime at);

  /// Takes up what was kept; what is too old at the next add() goes.
  void restore(std::size_t window, WallTime step, const ProbeCounts& counts);

  /// In the order of kUptimeWindows.
  [[nodiscard]] std::array<ProbeCounts, kUptimeWindows.size()> counts(WallTime now) const;

  struct Step {
    std::size_t window = 0;
    WallTime start;
    ProbeCounts counts;
  };

  /// The steps that have changed since the last time.
  std::vector<Step> take_changes();

 private:
  using Steps = std::map<WallTime, ProbeCounts>;
  std::array<Steps, kUptimeWindows.size()> windows_;
  std::set<std::pair<std::size_t, WallTime>> changed_;
};

}  // namespace sonde::probe
