#pragma once

#include <chrono>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "probe/types.h"

namespace sonde::probe {

/// Takes the time of the phases of one attempt.
class PhaseTimer {
 public:
  explicit PhaseTimer(const Clock& clock) : clock_(clock) {}

  /// Ends the phase before and begins `name`, a literal; one that was there before goes on.
  void enter(std::string_view name);

  /// Ends the phase.
  void end();

  /// In the order they began; the one that still runs up to now.
  [[nodiscard]] std::vector<ProbePhase> phases() const;

 private:
  const Clock& clock_;
  std::vector<ProbePhase> phases_;
  std::size_t current_ = 0;
  bool runs_ = false;
  KernelTime since_{};
};

}  // namespace sonde::probe
