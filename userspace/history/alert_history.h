#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "alerts/types.h"
#include "base/clock.h"
#include "base/result.h"
#include "history/alert_tables.h"
#include "history/answer_history.h"
#include "history/delivery_steps.h"
#include "history/history_file.h"
#include "history/inbox_table.h"
#include "history/incident_tables.h"
#include "history/oncall_history.h"
#include "history/remedy_history.h"
#include "history/review_table.h"
#include "history/silence_history.h"
#include "history/timeline_table.h"
#include "history/types.h"
#include "history/uptime_table.h"
#include "notify/types.h"
#include "probe/types.h"
#include "rules/types.h"

namespace sonde::history {

/// What the alert engine knows, what happened, and what people are to be told, kept in an SQLite file that people may
/// read while the daemon runs: `sqlite3 -readonly PATH`.
///
/// What a save wrote is there after kill -9 and loss of power (WAL, synchronous=FULL), all of it or nothing.
/// threads: any, all members; a save waits for the disk, for what other threads do with it, and up to two seconds for
/// another program's transaction.
class AlertHistory {
 public:
  /// Of the timeline, entries older than this go that are of no incident; and messages likewise.
  static constexpr std::chrono::nanoseconds kKept = std::chrono::hours{24 * 30};
  /// Incidents go that have been over for so long, with their messages and their lines.
  static constexpr std::chrono::nanoseconds kIncidentsKept = std::chrono::hours{24 * 400};
  static constexpr std::size_t kPruneBatch = 500;
  static constexpr std::size_t kPruneIncidents = 10;
  /// load() gives incidents that have been over for no longer: they may yet be opened again.
  static constexpr std::chrono::nanoseconds kLately = std::chrono::hours{1};
  /// Entries that wait for a save to succeed; beyond it, the oldest are lost and counted.
  static constexpr std::size_t kMaxWaiting = 10'000;
  /// A save that has nothing to write writes the clock if the one in the file is older.
  static constexpr std::chrono::nanoseconds kClockAge = std::chrono::minutes{1};

  /// Opens the file or begins one, with mode 0600. A damaged file is renamed to PATH.damaged-TIME, which `notices` say.
  /// errors: as open_history_file.
  [[nodiscard]] static Result<std::unique_ptr<AlertHistory>> open(const std::string& path, WallTime now,
                                                                  std::vector<std::string>& notices);

  /// The same in a database that several hubs share, of which this one decides: with lead_postgres().
  /// errors: as Database.
  [[nodiscard]] static Result<std::unique_ptr<AlertHistory>> open(Database database);

  /// True if it is in a database that several hubs share.
  [[nodiscard]] bool is_shared() const;

  /// Shows the server of a shared database that this process lives.  errors: as Database.
  Result<> keep_alive();

  /// What all hubs that share a database sign with: `fresh` if there is nothing yet.  errors: as Database.
  Result<std::string> shared_key(const std::string& fresh);

  /// Alerts that other hubs have taken since the last time. They stay in the database until the next save() succeeds,
  /// whose snapshot must know of them: it deletes them in its transaction.  errors: as Database.
  Result<std::vector<PostedAlerts>> take_posted(std::size_t limit);

  /// What the file holds that can still change.  shape: instances by rule, then labels; rules by uid; problems and
  /// alerts of other programs by labels; incidents by id. errors: as Database.
  Result<LoadedHistory> load();

  /// Writes, in one transaction, what differs from the file, and appends `entries`, new `deliveries` and `reviews` that
  /// are different. If nothing does and there are none, it writes nothing, or the clock alone (kClockAge). Without a
  /// load() before it, all there was is replaced. Incidents that the snapshot does not have any more stay. errors: as
  /// Database; the file is then as before, and the next save writes this one's entries, deliveries and reviews, too,
  /// and record() all but the reviews.
  Result<> save(const alerts::Snapshot& snapshot, std::span<const alerts::TimelineEntry> entries, const ClockMark& now,
                std::span<const notify::Delivery> deliveries = {}, std::span<const alerts::Review> reviews = {});

  /// Writes alerts of other programs as they were just taken, ahead of the save that will tell what became of them.
  /// shape: in any order; those with the same labels are equal. errors: as Database; the next save writes them then.
  Result<> keep_received(std::vector<alerts::ExternalAlert> alerts, const ClockMark& now);

  /// Writes steps of deliveries, and for those that are over a line each, in one transaction.  errors: as save().
  Result<> record(std::span<const notify::DeliveryRecord> steps);

  /// The rule files of the last keep_rule_files().  errors: as Database.
  [[nodiscard]] Result<std::vector<rules::RuleText>> rule_files() const;

  /// Keeps the rule files as they are, for a start at which they have faults; writes nothing if they are there already.
  /// errors: as Database; those from before are then still there.
  Result<> keep_rule_files(std::vector<rules::RuleText> files);

  /// How probes answered, as keep_uptime() was told and as far as it is within the windows.  errors: as Database.
  [[nodiscard]] Result<std::vector<probe::UptimeStep>> uptime() const;

  /// Keeps steps of probes' uptime.  errors: as Database; none of them is kept then.
  Result<> keep_uptime(std::span<const probe::UptimeStep> steps, WallTime now);

  /// The timeline from `id` on, without it, the oldest first: 0 begins it, and the last id goes on.
  /// errors: as Database; kBadInput if a line makes no sense.
  [[nodiscard]] Result<std::vector<StoredEntry>> entries_after(std::int64_t id, std::size_t limit) const;

  /// The same, but only about one incident, and about its alerts from when each began until it was over.
  [[nodiscard]] Result<std::vector<StoredEntry>> entries_about(const alerts::Incident& incident, std::int64_t after,
                                                               std::size_t limit) const;

  /// Incidents, also those long over, the newest first.  shape: with ids below `before`, unless it is 0.
  /// errors: as entries_after().
  [[nodiscard]] Result<std::vector<alerts::Incident>> incidents(std::int64_t before, bool open_only,
                                                                std::size_t limit) const;
  /// errors: also kNotFound.
  [[nodiscard]] Result<alerts::Incident> incident(std::int64_t id) const;

  /// The reviews of these incidents, by incident, as they were last saved, even if that has failed.
  /// errors: as entries_after().
  [[nodiscard]] Result<std::vector<alerts::Review>> reviews(std::span<const std::int64_t> incidents) const;

  /// What a report knows of incidents, the newest first: those with ids below `before`, unless it is 0. With a small
  /// `limit` nobody waits for long.  errors: as entries_after().
  [[nodiscard]] Result<std::vector<ReportRow>> report_rows(std::int64_t before, std::size_t limit) const;

  /// Deliveries, the newest first.  shape: `incident` 0: of any.  errors: as entries_after().
  [[nodiscard]] Result<std::vector<notify::Delivery>> deliveries(std::optional<notify::DeliveryState> state,
                                                                 std::int64_t incident, std::size_t limit) const;
  /// errors: also kNotFound.
  [[nodiscard]] Result<notify::Delivery> delivery(const std::string& id) const;

  /// Deletes what is old, kPruneBatch lines and messages and kPruneIncidents incidents at most; says how many rows of
  /// these it were. Older is what is so by the wall clock and by the time that passed: a wall clock that is wrong for a
  /// while deletes neither lines nor incidents.
  /// errors: as Database.
  Result<std::size_t> prune(const alerts::Moment& now);

  [[nodiscard]] HistoryCounters counters() const;

  /// The silences in the same file.
  [[nodiscard]] SilenceHistory& silences() { return *silences_; }

  /// Who stands in for whom, in the same file.
  [[nodiscard]] OncallHistory& oncall() { return *oncall_; }

  /// Which programs were run for incidents, in the same file.
  [[nodiscard]] RemedyHistory& remedies() { return *remedies_; }

  /// What requests with an Idempotency-Key were answered, in the same file.
  [[nodiscard]] AnswerHistory& answers() { return *answers_; }

 private:
  struct Plan;

  explicit AlertHistory(HistoryFile file) : file_(std::move(file)) {}
  [[nodiscard]] static Result<std::unique_ptr<AlertHistory>> make(HistoryFile file);
  [[nodiscard]] Plan plan_of(const alerts::Snapshot& snapshot, const ClockMark& now) const;
  void keep_waiting(const alerts::TimelineEntry& entry);
  void keep_waiting(const notify::DeliveryRecord& step);
  Result<> write(const Plan& plan, const alerts::Snapshot& snapshot, const ClockMark& now);
  Result<> write_received(std::span<const alerts::ExternalAlert> alerts, const ClockMark& now);
  Result<> write_waiting();
  Result<> write_steps();
  void forget_waiting();

  mutable std::mutex mutex_;  // guards what follows
  HistoryFile file_;
  std::optional<AlertTables> tables_;        // set by open; its statements go before the database
  std::optional<TimelineTable> timeline_;    // likewise
  std::optional<IncidentTables> incidents_;  // likewise
  std::optional<SilenceHistory> silences_;   // likewise
  std::optional<OncallHistory> oncall_;      // likewise
  std::optional<ReviewTable> reviews_;       // likewise
  std::optional<RemedyHistory> remedies_;    // likewise
  std::optional<AnswerHistory> answers_;     // likewise
  std::optional<alerts::Snapshot> written_;  // what the file holds; nothing: it is not known, or holds more
  std::optional<ClockMark> written_clock_;
  std::deque<alerts::TimelineEntry> waiting_;
  DeliverySteps steps_;                                     // that wait
  std::map<std::int64_t, alerts::Review> waiting_reviews_;  // by incident
  std::vector<std::int64_t> taken_;                         // of what was posted: goes with the next save
  HistoryCounters counters_;
};

}  // namespace sonde::history
