#include "probe/standing.h"

#include <utility>

namespace sonde::probe {

void Standing::take(ProbeResult result, WallTime at) {
  const bool success = result.success;
  ++(success ? state_.successes : state_.failures);
  const bool goes_on = state_.last && state_.last->success == success;
  state_.in_a_row = goes_on ? state_.in_a_row + 1 : 1;
  if (!goes_on) state_.in_a_row_since = at;
  const unsigned needed = success ? state_.target->success_threshold : state_.target->failure_threshold;
  // The first result counts whatever the thresholds: until there is another, it is all that is known.
  if (state_.up != success && (!state_.up || state_.in_a_row >= needed)) {
    state_.up = success;
    state_.changed_at = at;
  }
  state_.probed_at = at;
  state_.last = std::move(result);
  uptime_.add(success, at);
}

ProbeState Standing::state(WallTime now) const {
  ProbeState state = state_;
  state.windows = uptime_.counts(now);
  return state;
}

}  // namespace sonde::probe
