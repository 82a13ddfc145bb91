#include "history/timeline_table.h"

#include <chrono>
#include <limits>
#include <string>
#include <string_view>

#include "history/alert_rows.h"
#include "history/json_fields.h"

namespace sonde::history {
namespace {

constexpr std::string_view kAppend =
    "INSERT INTO timeline (wall_ns, elapsed_ns, uid, labels, fingerprint, change, reason, value, incident, actor, "
    "channel, problem) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr std::string_view kRemove =
    "DELETE FROM timeline WHERE id IN (SELECT id FROM timeline WHERE incident = 0 AND elapsed_ns < ? AND wall_ns < ? "
    "ORDER BY elapsed_ns LIMIT ?)";
constexpr std::string_view kColumns =
    "SELECT id, wall_ns, elapsed_ns, uid, labels, change, reason, value, incident, actor, channel FROM timeline ";
// ?3 is [[problem, from, until], ...]. CROSS JOIN: SQLite goes through the few alerts, not through the many lines.
std::string of_incident(Dialect dialect) {
  return "id IN (SELECT id FROM timeline WHERE incident = ?1 AND incident <> 0 AND id > ?2 UNION SELECT line.id FROM " +
         json_elements(dialect, "?3", "alert") +
         " CROSS JOIN timeline AS line WHERE line.problem = alert.value ->> 0 AND line.problem <> '' AND line.id > ?2 "
         "AND line.incident = 0 AND line.elapsed_ns BETWEEN CAST(alert.value ->> 1 AS BIGINT) "
         "AND CAST(alert.value ->> 2 AS BIGINT)) ORDER BY id LIMIT ?4";
}

constexpr std::string_view kMilestones =
    "change IN ('opened', 'reopened', 'told', 'held', 'muted', 'unsent', 'acknowledged', 'snoozed', 'resolved', "
    "'flapping') AND ";
/// Of one incident, enough for years of messages.
constexpr std::int64_t kMostMilestones = 10'000;

constexpr std::string_view kSeverity = "severity";

/// Alerts that differ in their severity alone are one problem.
std::string problem_of(const alerts::TimelineEntry& entry) {
  if (entry.labels.empty()) return {};
  store::Labels labels = entry.labels;
  std::erase_if(labels, [](const measure::Label& label) { return label.name == kSeverity; });
  return fingerprint_of(labels);
}

Result<StoredEntry> entry_of(const Statement& row) {
  StoredEntry stored;
  stored.id = row.number(0);
  alerts::TimelineEntry& entry = stored.entry;
  entry.at = {WallTime{std::chrono::nanoseconds{row.number(1)}}, std::chrono::nanoseconds{row.number(2)}};
  entry.uid = row.text(3);
  entry.reason = row.text(6);
  entry.incident = row.number(8);
  entry.actor = row.text(9);
  entry.channel = row.text(10);
  auto labels = labels_of(row.text(4));
  if (!labels || !read_choice(row.text(5), entry.change) || !read_number(row.text(7), entry.value)) {
    return Error{Code::kBadInput, "line " + std::to_string(stored.id) +
                                      " of the timeline makes no sense; delete it from the table 'timeline'"};
  }
  entry.labels = *std::move(labels);
  return stored;
}

Result<std::vector<StoredEntry>> read_all(Statement row) {
  std::vector<StoredEntry> entries;
  while (SONDE_TRY(row.step())) entries.push_back(SONDE_TRY(entry_of(row)));
  return entries;
}

std::string alerts_of(const alerts::Incident& incident) {
  Json alerts = Json::array();
  for (const alerts::IncidentAlert& alert : incident.alerts) {
    const std::int64_t until = alert.firing ? std::numeric_limits<std::int64_t>::max()
                                            : static_cast<std::int64_t>(alert.ended_at.elapsed.count());
    alerts.push_back(
        Json::array({fingerprint_of(alert.problem.labels), alert.problem.started_at.elapsed.count(), until}));
  }
  return alerts.dump();
}

}  // namespace

Result<TimelineTable> TimelineTable::prepare(Database& database) {
  Statement append = SONDE_TRY(database.prepare(kAppend));
  return TimelineTable(database, std::move(append), SONDE_TRY(database.prepare(kRemove)));
}

Result<> TimelineTable::append(const alerts::TimelineEntry& entry) {
  return append_.bind(entry.at.wall.time_since_epoch().count())
      .bind(entry.at.elapsed.count())
      .bind(entry.uid)
      .bind(labels_text(entry.labels))
      .bind(fingerprint_of(entry.labels))
      .bind(stored_name(entry.change))
      .bind(entry.reason)
      .bind(number_text(entry.value))
      .bind(entry.incident)
      .bind(entry.actor)
      .bind(entry.channel)
      .bind(problem_of(entry))
      .run();
}

Result<std::vector<StoredEntry>> TimelineTable::after(std::int64_t id, std::size_t limit) const {
  Statement row = SONDE_TRY(database_->prepare(std::string(kColumns) + "WHERE id > ? ORDER BY id LIMIT ?"));
  row.bind(id).bind(static_cast<std::int64_t>(limit));
  return read_all(std::move(row));
}

Result<std::vector<StoredEntry>> TimelineTable::after(std::int64_t id, std::size_t limit,
                                                      const alerts::Incident& incident) const {
  Statement row = SONDE_TRY(database_->prepare(std::string(kColumns) + "WHERE " + of_incident(database_->dialect())));
  row.bind(incident.id).bind(id).bind(alerts_of(incident)).bind(static_cast<std::int64_t>(limit));
  return read_all(std::move(row));
}

Result<std::vector<StoredEntry>> TimelineTable::milestones(const alerts::Incident& incident) const {
  Statement row = SONDE_TRY(database_->prepare(std::string(kColumns) + "WHERE " + std::string(kMilestones) +
                                               of_incident(database_->dialect())));
  row.bind(incident.id).bind(std::int64_t{0}).bind(alerts_of(incident)).bind(kMostMilestones);
  return read_all(std::move(row));
}

Result<std::size_t> TimelineTable::remove_before(const alerts::Moment& moment, std::size_t limit) {
  SONDE_TRY(remove_.bind(moment.elapsed.count())
                .bind(moment.wall.time_since_epoch().count())
                .bind(static_cast<std::int64_t>(limit))
                .run());
  return static_cast<std::size_t>(database_->changed_rows());
}

}  // namespace sonde::history
