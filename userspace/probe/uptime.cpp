#include "probe/uptime.h"

namespace sonde::probe {
namespace {

WallTime start_of_step(WallTime at, const UptimeWindow& window) { return at - at.time_since_epoch() % window.step; }

/// Whether any of the step is in the window.
bool is_inside(WallTime step, const UptimeWindow& window, WallTime now) {
  return step + window.step > now - window.length && step <= now;
}

}  // namespace

void UptimeBook::add(bool success, WallTime at) {
  for (std::size_t i = 0; i < kUptimeWindows.size(); ++i) {
    const UptimeWindow& window = kUptimeWindows[i];
    Steps& steps = windows_[i];
    const WallTime start = start_of_step(at, window);
    ProbeCounts& counts = steps[start];
    ++(success ? counts.successes : counts.failures);
    changed_.emplace(i, start);
    // What a wall clock that was wrong has left in the future goes, too, once it is in the past.
    std::erase_if(steps, [&](const auto& step) { return step.first <= at && !is_inside(step.first, window, at); });
  }
}

void UptimeBook::restore(std::size_t window, WallTime step, const ProbeCounts& counts) {
  if (window < windows_.size()) windows_[window][start_of_step(step, kUptimeWindows[window])] = counts;
}

std::array<ProbeCounts, kUptimeWindows.size()> UptimeBook::counts(WallTime now) const {
  std::array<ProbeCounts, kUptimeWindows.size()> sums{};
  for (std::size_t i = 0; i < kUptimeWindows.size(); ++i) {
    for (const auto& [start, counts] : windows_[i]) {
      if (!is_inside(start, kUptimeWindows[i], now)) continue;
      sums[i].successes += counts.successes;
      sums[i].failures += counts.failures;
    }
  }
  return sums;
}

std::vector<UptimeBook::Step> UptimeBook::take_changes() {
  std::vector<Step> steps;
  for (const auto& [window, start] : changed_) {
    const auto place = windows_[window].find(start);
    if (place != windows_[window].end()) steps.push_back({window, start, place->second});
  }
  changed_.clear();
  return steps;
}

}  // namespace sonde::probe
