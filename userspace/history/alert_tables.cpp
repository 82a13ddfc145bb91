#include "history/alert_tables.h"

#include <string_view>

#include "history/alert_rows.h"
#include "history/json_fields.h"
#include "history/readable_rows.h"

namespace sonde::history {
namespace {

constexpr std::string_view kWriteInstance =
    "INSERT INTO instance (uid, labels, fingerprint, body) VALUES (?, ?, ?, ?) ON CONFLICT (uid, ";
constexpr std::string_view kWriteStanding =
    "INSERT INTO rule_standing (uid, body) VALUES (?, ?) ON CONFLICT (uid) DO UPDATE SET body = excluded.body";
constexpr std::string_view kWriteProblem =
    "INSERT INTO problem (labels, fingerprint, body) VALUES (?, ?, ?) ON CONFLICT (";
constexpr std::string_view kWriteExternal =
    "INSERT INTO external_alert (labels, fingerprint, body) VALUES (?, ?, ?) ON CONFLICT (";
constexpr std::string_view kWriteClock =
    "INSERT INTO clock (id, elapsed_ns, wall_ns, boot_ns, boot_id, quiet_until_ns) VALUES (1, ?, ?, ?, ?, ?) "
    "ON CONFLICT (id) DO UPDATE SET elapsed_ns = excluded.elapsed_ns, wall_ns = excluded.wall_ns, "
    "boot_ns = excluded.boot_ns, boot_id = excluded.boot_id, quiet_until_ns = excluded.quiet_until_ns";

/// The end of a statement that writes what is found by its labels; PostgreSQL finds it by their hash.
std::string upsert(Dialect dialect, std::string_view begin) {
  return std::string(begin) + (dialect == Dialect::kSqlite ? "labels" : "md5(labels)") +
         ") DO UPDATE SET body = excluded.body";
}

WallTime wall_of(std::int64_t ns) { return WallTime{std::chrono::nanoseconds{ns}}; }

}  // namespace

Result<AlertTables> AlertTables::prepare(Database& database) {
  const Dialect dialect = database.dialect();
  return AlertTables(database, {
                                   SONDE_TRY(database.prepare(upsert(dialect, kWriteInstance))),
                                   SONDE_TRY(database.prepare(kWriteStanding)),
                                   SONDE_TRY(database.prepare(upsert(dialect, kWriteProblem))),
                                   SONDE_TRY(database.prepare("DELETE FROM instance WHERE uid = ? AND labels = ?")),
                                   SONDE_TRY(database.prepare("DELETE FROM rule_standing WHERE uid = ?")),
                                   SONDE_TRY(database.prepare("DELETE FROM problem WHERE labels = ?")),
                                   SONDE_TRY(database.prepare(kWriteClock)),
                                   SONDE_TRY(database.prepare(upsert(dialect, kWriteExternal))),
                                   SONDE_TRY(database.prepare("DELETE FROM external_alert WHERE labels = ?")),
                               });
}

Result<> AlertTables::write(const alerts::Instance& instance) {
  return statements_.write_instance.bind(instance.uid)
      .bind(labels_text(instance.labels))
      .bind(fingerprint_of(instance.labels))
      .bind(body_of(instance))
      .run();
}

Result<> AlertTables::write(const alerts::RuleStanding& standing) {
  return statements_.write_standing.bind(standing.uid).bind(body_of(standing)).run();
}

Result<> AlertTables::write(const alerts::Problem& problem) {
  return statements_.write_problem.bind(labels_text(problem.labels))
      .bind(fingerprint_of(problem.labels))
      .bind(body_of(problem))
      .run();
}

Result<> AlertTables::remove(const alerts::Instance& instance) {
  return statements_.remove_instance.bind(instance.uid).bind(labels_text(instance.labels)).run();
}

Result<> AlertTables::remove(const alerts::RuleStanding& standing) {
  return statements_.remove_standing.bind(standing.uid).run();
}

Result<> AlertTables::remove(const alerts::Problem& problem) {
  return statements_.remove_problem.bind(labels_text(problem.labels)).run();
}

Result<> AlertTables::write_clock(const ClockMark& mark, std::chrono::nanoseconds quiet_until) {
  return statements_.write_clock.bind(mark.elapsed.count())
      .bind(mark.wall.time_since_epoch().count())
      .bind(mark.boot.count())
      .bind(mark.boot_id)
      .bind(quiet_until.count())
      .run();
}

Result<> AlertTables::write(const alerts::ExternalAlert& external) {
  return statements_.write_external.bind(labels_text(external.labels))
      .bind(fingerprint_of(external.labels))
      .bind(body_of(external))
      .run();
}

Result<> AlertTables::remove(const alerts::ExternalAlert& external) {
  return statements_.remove_external.bind(labels_text(external.labels)).run();
}

Result<> AlertTables::clear() {
  return database_->execute(
      "DELETE FROM instance; DELETE FROM rule_standing; DELETE FROM problem; "
      "DELETE FROM external_alert");
}

Result<> AlertTables::read_clock(LoadedHistory& loaded) const {
  Statement row =
      SONDE_TRY(database_->prepare("SELECT elapsed_ns, wall_ns, boot_ns, boot_id, quiet_until_ns FROM clock"));
  if (!SONDE_TRY(row.step())) return Ok{};
  loaded.clock = ClockMark{std::chrono::nanoseconds{row.number(0)}, wall_of(row.number(1)),
                           std::chrono::nanoseconds{row.number(2)}, row.text(3)};
  loaded.snapshot.quiet_until = std::chrono::nanoseconds{row.number(4)};
  return Ok{};
}

Result<LoadedHistory> AlertTables::read_all() const {
  LoadedHistory loaded;
  SONDE_TRY(read_clock(loaded));
  const std::string of = "'" + database_->path() + "': ";
  Statement instance = SONDE_TRY(database_->prepare("SELECT uid, labels, body FROM instance"));
  while (SONDE_TRY(instance.step())) {
    keep(instance_of(instance.text(0), instance.text(1), instance.text(2)),
         of + "the instance " + instance.text(1) + " of rule '" + instance.text(0) + "'", loaded.snapshot.instances,
         loaded.notices);
  }
  Statement standing = SONDE_TRY(database_->prepare("SELECT uid, body FROM rule_standing"));
  while (SONDE_TRY(standing.step())) {
    keep(standing_of(standing.text(0), standing.text(1)), of + "rule '" + standing.text(0) + "'", loaded.snapshot.rules,
         loaded.notices);
  }
  Statement problem = SONDE_TRY(database_->prepare("SELECT labels, body FROM problem"));
  while (SONDE_TRY(problem.step())) {
    keep(problem_of(problem.text(0), problem.text(1)), of + "the problem " + problem.text(0), loaded.snapshot.problems,
         loaded.notices);
  }
  Statement external = SONDE_TRY(database_->prepare("SELECT labels, body FROM external_alert"));
  while (SONDE_TRY(external.step())) {
    keep(external_of(external.text(0), external.text(1)), of + "the alert " + external.text(0) + " of another program",
         loaded.snapshot.externals, loaded.notices);
  }
  return loaded;
}

Result<std::vector<rules::RuleText>> AlertTables::rule_files() const {
  Statement row = SONDE_TRY(database_->prepare("SELECT path, text FROM rule_file ORDER BY path"));
  std::vector<rules::RuleText> files;
  while (SONDE_TRY(row.step())) files.push_back({row.text(0), row.text(1)});
  return files;
}

Result<> AlertTables::replace_rule_files(std::span<const rules::RuleText> files) {
  SONDE_TRY(database_->execute("DELETE FROM rule_file"));
  Statement row = SONDE_TRY(database_->prepare("INSERT INTO rule_file (path, text) VALUES (?, ?)"));
  for (const rules::RuleText& file : files) SONDE_TRY(row.bind(file.file).bind(file.text).run());
  return Ok{};
}

}  // namespace sonde::history
