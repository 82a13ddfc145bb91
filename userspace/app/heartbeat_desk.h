#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "alerts/types.h"
#include "base/clock.h"
#include "base/result.h"
#include "config/types.h"
#include "history/oncall_history.h"

namespace sonde::app {

/// Somebody who has to call, and when they did.
struct HeartbeatStatus {
  config::ExpectedHeartbeat expected;
  WallTime heard_at;  ///< the last time; before the first, since when it is waited for
  bool was_heard = false;
  bool is_overdue = false;
};

/// Jobs and other daemons that have to call every so often: who does not is an alert. What they said is kept over
/// restarts; the time in which nobody could call, since the daemon was down, is not held against them.  threads: any.
class HeartbeatDesk {
 public:
  /// `history` null: kept in memory only.  owner: the caller keeps it alive.
  HeartbeatDesk(std::vector<config::ExpectedHeartbeat> expected, history::OncallHistory* history, WallTime started_at);

  /// They have called.  errors: kNotFound for a name that nobody expects, with those that are.
  Result<> hear(const std::string& name, WallTime now);

  [[nodiscard]] std::vector<HeartbeatStatus> status(WallTime now) const;

  /// HeartbeatMissing of those that are overdue, to be said again and again while they are, and once of those that are
  /// not any more.
  std::vector<alerts::ExternalAlert> alerts(WallTime now);

 private:
  struct Seen {
    WallTime since;  // heard, or begun to wait
    bool was_heard = false;
    bool is_alerted = false;
    WallTime alerted_at{};
  };
  [[nodiscard]] HeartbeatStatus status_of(const config::ExpectedHeartbeat& expected, WallTime now) const;

  const std::vector<config::ExpectedHeartbeat> expected_;
  history::OncallHistory* const history_;
  const WallTime started_at_;
  mutable std::mutex mutex_;  // guards what follows
  std::map<std::string, Seen> seen_;
};

}  // namespace sonde::app
