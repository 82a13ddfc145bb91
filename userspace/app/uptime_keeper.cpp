#include "app/uptime_keeper.h"

#include <utility>
#include <vector>

#include "app/log.h"

namespace sonde::app {
namespace {

constexpr std::chrono::minutes kRhythm{1};

}  // namespace

void UptimeKeeper::keep_if_due(KernelTime now, WallTime wall) {
  if (!kept_at_) kept_at_ = now;
  if (now - *kept_at_ < kRhythm) return;
  kept_at_ = now;
  keep(wall);
}

void UptimeKeeper::keep(WallTime wall) {
  if (history_ == nullptr) return;
  for (probe::UptimeStep& step : prober_.take_uptime_changes()) {
    Key key{step.probe, step.window, step.start};
    waiting_.insert_or_assign(std::move(key), std::move(step));
  }
  if (waiting_.empty()) return;
  std::vector<probe::UptimeStep> steps;
  for (const auto& [key, step] : waiting_) steps.push_back(step);
  const Result<> kept = history_->keep_uptime(steps, wall);
  const std::string fault = kept ? "" : kept.error().what;
  if (kept) waiting_.clear();
  if (fault == told_) return;
  told_ = fault;
  if (fault.empty()) return log_info("the uptime of probes is written to disk again");
  log_error("the uptime of probes cannot be written to disk; it is tried again", {{"why", fault}});
}

}  // namespace sonde::app
