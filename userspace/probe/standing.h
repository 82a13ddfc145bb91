#pragma once

#include <memory>

#include "base/clock.h"
#include "probe/types.h"
#include "probe/uptime.h"

namespace sonde::probe {

/// What is known of a target after all its results.
/// threads: one at a time.
class Standing {
 public:
  explicit Standing(std::shared_ptr<const ProbeTarget> target) { state_.target = std::move(target); }

  /// A result at the end of all retries.
  void take(ProbeResult result, WallTime at);
  void skip(std::uint64_t count) { state_.skipped += count; }
  void retry() { ++state_.retries; }

  [[nodiscard]] const ProbeTarget& target() const { return *state_.target; }
  [[nodiscard]] std::shared_ptr<const ProbeTarget> shared_target() const { return state_.target; }
  [[nodiscard]] ProbeState state(WallTime now) const;
  [[nodiscard]] UptimeBook& uptime() { return uptime_; }

 private:
  ProbeState state_;
  UptimeBook uptime_;
};

}  // namespace sonde::probe
