#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "alerts/alert_book.h"
#include "app/self_metrics.h"
#include "base/clock.h"
#include "config/types.h"
#include "host/event_log.h"
#include "measure/types.h"
#include "notify/types.h"
#include "rules/types.h"
#include "store/recent_windows.h"

namespace sonde::app {

/// What the control thread owns, in the order data flows: store, rules, alerts.
/// threads: tick on the control thread alone; the rest from any.
class Alerting {
 public:
  /// owner: the caller keeps `events` alive.
  Alerting(const config::Config& config, std::string host, const host::EventLog& events);

  /// Takes the snapshot in, judges, and returns what people should hear of.
  std::vector<notify::Notification> tick(const measure::Snapshot& snapshot, WallTime now);

  [[nodiscard]] std::vector<store::ServiceWindow> services(std::chrono::nanoseconds window, WallTime now) const;
  [[nodiscard]] std::vector<alerts::Alert> active() const;

  /// All but the deliveries.
  [[nodiscard]] AlertingFacts facts() const;

 private:
  const rules::RulePack pack_;
  const std::vector<std::chrono::nanoseconds> windows_;
  const std::string host_;
  const host::EventLog& events_;
  store::RecentWindows recent_;
  alerts::AlertBook book_;

  mutable std::mutex mutex_;  // guards what follows
  std::vector<alerts::Alert> active_;
  std::uint64_t evaluations_ = 0;
};

}  // namespace sonde::app
