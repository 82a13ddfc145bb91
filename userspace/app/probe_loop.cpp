#include "app/probe_loop.h"

#include <pthread.h>

#include "app/log.h"
#include "measure/probe_families.h"

namespace sonde::app {

void ProbeLoop::run(const std::stop_token& stop) {
  pthread_setname_np(pthread_self(), "probe");
  if (prober_.states().empty()) return;
  publish_if_due(false);
  prober_.run(stop, [this](bool has_news) { publish_if_due(has_news); });
}

/// Hundreds of targets are thousands of series: not for every result anew.
void ProbeLoop::publish_if_due(bool has_news) {
  constexpr std::chrono::milliseconds kBetween{500};
  has_news_ = has_news_ || has_news;
  const KernelTime now = clock_.kernel_now();
  if (!has_news_ || (published_ && now - *published_ < kBetween)) return;
  published_ = now;
  has_news_ = false;
  const std::vector<probe::ProbeState> states = prober_.states();
  tell(states);
  measure::append_probes(states, builder_);
  families_.publish(builder_.take());
}

/// Of a probe that begins to fail, of each new reason, and of its recovery.
void ProbeLoop::tell(const std::vector<probe::ProbeState>& states) {
  for (const probe::ProbeState& state : states) {
    if (!state.last) continue;
    const std::string& name = state.target->name;
    std::string& before = told_[name];
    if (state.last->reason == before) continue;
    before = state.last->reason;
    if (state.last->success) {
      log_info("probe succeeds again", {{"probe", name}});
    } else {
      log_warning("probe fails", {{"probe", name}, {"why", before}});
    }
  }
}

}  // namespace sonde::app
