#include "history/remedy_history.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "history/json_fields.h"
#include "history/row_fields.h"
#include "history/timeline_table.h"

namespace sonde::history {
namespace {

// What a program wrote is for whoever asks later; it is not needed to go on.
std::string columns(Dialect dialect) {
  const std::string body = dialect == Dialect::kSqlite
                               ? "CASE WHEN json_valid(body) THEN json_remove(body, '$.output') ELSE body END"
                               : "body";
  return "SELECT id, incident, occurrence, remedy, " + body + " FROM remedy_run ";
}

/// PostgreSQL has looked at the JSON when the row was written.
std::string without_end(Dialect dialect) {
  const std::string is_open = json_member(dialect, "body", "outcome") + " = ''";
  return (dialect == Dialect::kSqlite ? "WHERE CASE WHEN json_valid(body) THEN " + is_open + " END"
                                      : "WHERE " + is_open) +
         " ORDER BY id";
}

// The table of fields, as in alert_rows.cpp; what is in columns of its own is not in the body.
template <class T, class Visit>
void visit_body(T& run, Visit&& visit) {
  visit("claimed_at", run.claim.at);
  visit("alert", run.claim.alert);
  visit("fired_at", run.claim.fired_at);
  visit("program", run.program);
  visit("dry_run", run.dry_run);
  visit("ended_at", run.ended_at);
  visit("outcome", run.outcome);
  visit("how", run.how);
  visit("output", run.output);
}

std::string body_of(const alerts::RemedyRun& run) {
  FieldWriter writer;
  visit_body(run, writer);
  return std::move(writer).text();
}

std::optional<alerts::RemedyRun> run_of(const Statement& row, std::vector<std::string>& notices) {
  alerts::RemedyRun run;
  run.claim.key = {row.number(1), static_cast<std::uint32_t>(row.number(2)), row.text(3)};
  const std::string body = row.text(4);
  FieldReader reader{std::string_view(body)};
  visit_body(run, reader);
  if (reader.fault.empty()) return run;
  notices.push_back("row " + row.text(0) + " of remedy_run: " + reader.fault);
  return std::nullopt;
}

Result<> append(Database& database, const alerts::TimelineEntry& line) {
  TimelineTable timeline = SONDE_TRY(TimelineTable::prepare(database));
  return timeline.append(line);
}

}  // namespace

Result<LoadedRemedies> RemedyHistory::load() const {
  const std::lock_guard lock(*mutex_);
  LoadedRemedies loaded;
  const Dialect dialect = database_->dialect();
  Statement newest = SONDE_TRY(database_->prepare(columns(dialect) + "ORDER BY id DESC LIMIT ?"));
  newest.bind(static_cast<std::int64_t>(kMostClaims));
  while (SONDE_TRY(newest.step())) {
    if (auto run = run_of(newest, loaded.notices)) loaded.claims.push_back(std::move(run->claim));
  }
  std::ranges::reverse(loaded.claims);
  std::vector<std::string> again;  // such a row is among the newest, too
  Statement open = SONDE_TRY(database_->prepare(columns(dialect) + without_end(dialect)));
  while (SONDE_TRY(open.step())) {
    if (auto run = run_of(open, again)) loaded.unfinished.push_back(*std::move(run));
  }
  return loaded;
}

Result<bool> RemedyHistory::claim(const alerts::RemedyRun& run, const alerts::TimelineEntry& line) {
  const std::lock_guard lock(*mutex_);
  Transaction transaction = SONDE_TRY(Transaction::begin(*database_));
  {
    Statement write = SONDE_TRY(database_->prepare(
        "INSERT INTO remedy_run (incident, occurrence, remedy, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"));
    const alerts::RemedyKey& key = run.claim.key;
    write.bind(key.incident).bind(std::int64_t{key.occurrence}).bind(key.remedy).bind(body_of(run));
    SONDE_TRY(write.run());
  }
  if (database_->changed_rows() == 0) return false;
  SONDE_TRY(append(*database_, line));
  SONDE_TRY(transaction.commit());
  return true;
}

Result<> RemedyHistory::finish(const alerts::RemedyRun& run, const alerts::TimelineEntry& line) {
  const std::lock_guard lock(*mutex_);
  Transaction transaction = SONDE_TRY(Transaction::begin(*database_));
  {
    Statement write = SONDE_TRY(
        database_->prepare("UPDATE remedy_run SET body = ? WHERE incident = ? AND occurrence = ? AND remedy = ?"));
    const alerts::RemedyKey& key = run.claim.key;
    write.bind(body_of(run)).bind(key.incident).bind(std::int64_t{key.occurrence}).bind(key.remedy);
    SONDE_TRY(write.run());
  }
  SONDE_TRY(append(*database_, line));
  return transaction.commit();
}

}  // namespace sonde::history
