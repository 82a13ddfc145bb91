#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "alerts/types.h"
#include "base/clock.h"
#include "base/result.h"
#include "history/alert_tables.h"
#include "history/history_file.h"
#include "history/silence_history.h"
#include "history/types.h"
#include "history/uptime_table.h"
#include "probe/types.h"
#include "rules/types.h"

namespace sonde::history {

/// What the alert engine knows, and what happened, kept in an SQLite file that people may read while the daemon runs:
/// `sqlite3 -readonly PATH`.
///
/// What a save wrote is there after kill -9 and loss of power (WAL, synchronous=FULL), all of it or nothing.
/// threads: one at a time, all members; a save waits for the disk, and up to two seconds for another program's
/// transaction.
class AlertHistory {
 public:
  /// Of the timeline, entries older than this go.
  static constexpr std::chrono::nanoseconds kKept = std::chrono::hours{24 * 30};
  static constexpr std::size_t kPruneBatch = 500;
  /// Entries that wait for a save to succeed; beyond it, the oldest are lost and counted.
  static constexpr std::size_t kMaxWaiting = 10'000;
  /// A save that has nothing to write writes the clock if the one in the file is older.
  static constexpr std::chrono::nanoseconds kClockAge = std::chrono::minutes{1};

  /// Opens the file or begins one, with mode 0600. A damaged file is renamed to PATH.damaged-TIME, which `notices` say.
  /// errors: as open_history_file.
  [[nodiscard]] static Result<std::unique_ptr<AlertHistory>> open(const std::string& path, WallTime now,
                                                                  std::vector<std::string>& notices);

  /// What the file holds.  shape: instances by rule, then labels; rules by uid; problems by labels.
  /// errors: as Database.
  Result<LoadedHistory> load();

  /// Writes, in one transaction, what differs from the file, and appends `entries`. If nothing does and there are none,
  /// it writes nothing, or the clock alone (kClockAge). Without a load() before it, all there was is replaced.
  /// errors: as Database; the file is then as before, and the next save writes this one's entries, too.
  Result<> save(const alerts::Snapshot& snapshot, std::span<const alerts::TimelineEntry> entries, const ClockMark& now);

  /// The rule files of the last keep_rule_files().  errors: as Database.
  [[nodiscard]] Result<std::vector<rules::RuleText>> rule_files() const { return tables_->rule_files(); }

  /// Keeps the rule files as they are, for a start at which they have faults; writes nothing if they are there already.
  /// errors: as Database; those from before are then still there.
  Result<> keep_rule_files(std::vector<rules::RuleText> files);

  /// How probes answered, as keep_uptime() was told and as far as it is within the windows.  errors: as Database.
  [[nodiscard]] Result<std::vector<probe::UptimeStep>> uptime() const { return read_uptime(file_.database); }

  /// Keeps steps of probes' uptime.  errors: as Database; none of them is kept then.
  Result<> keep_uptime(std::span<const probe::UptimeStep> steps, WallTime now) {
    return write_uptime(file_.database, steps, now);
  }

  /// The timeline from `id` on, without it, the oldest first: 0 begins it, and the last id goes on.
  /// errors: as Database; kBadInput if a line makes no sense.
  [[nodiscard]] Result<std::vector<StoredEntry>> entries_after(std::int64_t id, std::size_t limit) const;

  /// Deletes what is older than kKept, kPruneBatch entries at most; says how many it were. Older is what is so by the
  /// wall clock and by the time that passed: a wall clock that is wrong for a while deletes nothing.
  /// errors: as Database.
  Result<std::size_t> prune(const alerts::Moment& now);

  [[nodiscard]] HistoryCounters counters() const;

  /// The silences in the same file.
  [[nodiscard]] SilenceHistory& silences() { return *silences_; }

 private:
  struct Plan;

  explicit AlertHistory(HistoryFile file) : file_(std::move(file)) {}
  void keep_waiting(std::span<const alerts::TimelineEntry> entries);
  Result<> write(const Plan& plan, const alerts::Snapshot& snapshot, const ClockMark& now);

  HistoryFile file_;
  std::optional<AlertTables> tables_;        // set by open; its statements go before the database
  std::optional<SilenceHistory> silences_;   // likewise
  std::optional<alerts::Snapshot> written_;  // what the file holds; nothing: it is not known, or holds more
  std::optional<ClockMark> written_clock_;
  std::deque<alerts::TimelineEntry> waiting_;
  HistoryCounters counters_;
};

}  // namespace sonde::history
