#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "base/clock.h"
#include "history/alert_history.h"
#include "probe/prober.h"

namespace sonde::app {

/// Writes how probes answered to disk, once a minute, for the windows of uptime are longer than a daemon's life.
/// What could not be written waits for the next time.
/// threads: one at a time, that of the history.
class UptimeKeeper {
 public:
  /// `history` is null if nothing is kept over restarts.  owner: the caller keeps both alive.
  UptimeKeeper(probe::Prober& prober, history::AlertHistory* history) : prober_(prober), history_(history) {}

  /// Writes if it is time to.
  void keep_if_due(KernelTime now, WallTime wall);

  /// Writes now.
  void keep(WallTime wall);

 private:
  using Key = std::tuple<std::string, std::size_t, WallTime>;

  probe::Prober& prober_;
  history::AlertHistory* history_;
  std::map<Key, probe::UptimeStep> waiting_;
  std::optional<KernelTime> kept_at_;
  std::string told_;  // the last failure
};

}  // namespace sonde::app
