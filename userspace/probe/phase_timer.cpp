#include "probe/phase_timer.h"

#include <algorithm>

namespace sonde::probe {

void PhaseTimer::enter(std::string_view name) {
  end();
  const auto found =
      std::find_if(phases_.begin(), phases_.end(), [&](const ProbePhase& phase) { return phase.name == name; });
  current_ = static_cast<std::size_t>(found - phases_.begin());
  if (found == phases_.end()) phases_.push_back({name});
  since_ = clock_.kernel_now();
  runs_ = true;
}

void PhaseTimer::end() {
  if (runs_) phases_[current_].took += clock_.kernel_now() - since_;
  runs_ = false;
}

std::vector<ProbePhase> PhaseTimer::phases() const {
  std::vector<ProbePhase> phases = phases_;
  if (runs_) phases[current_].took += clock_.kernel_now() - since_;
  return phases;
}

}  // namespace sonde::probe
