#include "history/migrations.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace sonde::history {
namespace {

// What is searched for is a column; the rest of a row is one JSON text. `fingerprint` is that of the labels, as
// webhooks carry it. A column that the JSON already holds is computed from it (VIRTUAL), so that the two agree.
// A `value` is text: SQLite has neither NaN nor -0 (https://www.sqlite.org/floatingpoint.html).
// AUTOINCREMENT: an id that has been given out is not given again, even if all rows are gone.
constexpr std::string_view kAlertTables = R"sql(
PRAGMA application_id = 0x536F6E64;

CREATE TABLE clock (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  elapsed_ns INTEGER NOT NULL,
  wall_ns INTEGER NOT NULL,
  boot_ns INTEGER NOT NULL,
  boot_id TEXT NOT NULL,
  quiet_until_ns INTEGER NOT NULL
);

CREATE TABLE instance (
  uid TEXT NOT NULL,
  labels TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT GENERATED ALWAYS AS (body ->> '$.state') VIRTUAL,
  active_at_ns INTEGER GENERATED ALWAYS AS (body ->> '$.active_at.wall_ns') VIRTUAL,
  fired_at_ns INTEGER GENERATED ALWAYS AS (body ->> '$.fired_at.wall_ns') VIRTUAL,
  PRIMARY KEY (uid, labels)
);

CREATE TABLE rule_standing (
  uid TEXT PRIMARY KEY NOT NULL,
  body TEXT NOT NULL,
  alert TEXT GENERATED ALWAYS AS (body ->> '$.alert') VIRTUAL,
  evaluated_at_ns INTEGER GENERATED ALWAYS AS (body ->> '$.evaluated_at.wall_ns') VIRTUAL
);

CREATE TABLE problem (
  labels TEXT PRIMARY KEY NOT NULL,
  fingerprint TEXT NOT NULL,
  body TEXT NOT NULL,
  uid TEXT GENERATED ALWAYS AS (body ->> '$.uid') VIRTUAL,
  firing INTEGER GENERATED ALWAYS AS (body ->> '$.firing') VIRTUAL,
  severity TEXT GENERATED ALWAYS AS (body ->> '$.severity') VIRTUAL,
  started_at_ns INTEGER GENERATED ALWAYS AS (body ->> '$.started_at.wall_ns') VIRTUAL
);

CREATE TABLE timeline (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  wall_ns INTEGER NOT NULL,
  elapsed_ns INTEGER NOT NULL,
  uid TEXT NOT NULL,
  labels TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  change TEXT NOT NULL,
  reason TEXT NOT NULL,
  value TEXT NOT NULL
);
CREATE INDEX timeline_by_age ON timeline (elapsed_ns);
CREATE INDEX timeline_by_labels ON timeline (fingerprint);
)sql";

constexpr std::string_view kRuleFiles = R"sql(
CREATE TABLE rule_file (
  path TEXT PRIMARY KEY NOT NULL,
  text TEXT NOT NULL
);
)sql";

// How often a probe answered in a step of a window: '1h' in minutes, '24h' in quarters of an hour, '30d' in quarters of
// a day. `start` is in unix time.
constexpr std::string_view kProbeSteps = R"sql(
CREATE TABLE probe_step (
  probe TEXT NOT NULL,
  span TEXT NOT NULL,
  start INTEGER NOT NULL,
  successes INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  PRIMARY KEY (probe, span, start)
) WITHOUT ROWID;
CREATE INDEX probe_step_by_age ON probe_step (span, start);
)sql";

// A row for each version: a change under the same id does not lose what was so before.
constexpr std::string_view kSilences = R"sql(
CREATE TABLE silence (
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  matchers TEXT NOT NULL,
  starts_at_ns INTEGER NOT NULL,
  ends_at_ns INTEGER NOT NULL,
  updated_at_ns INTEGER NOT NULL,
  author TEXT NOT NULL,
  comment TEXT NOT NULL,
  PRIMARY KEY (id, version)
);
)sql";

// Incidents stay when nothing of them changes any more, with what became of their messages. A delivery's `sequence` is
// the order in which messages were made; `message` is what it says. Lines of the timeline about an incident live as
// long as it does; `problem` is the fingerprint of the labels without the severity, by which an incident's alerts are
// found.
constexpr std::string_view kIncidents = R"sql(
CREATE TABLE incident (
  id INTEGER PRIMARY KEY NOT NULL,
  body TEXT NOT NULL,
  status TEXT GENERATED ALWAYS AS (body ->> '$.status') VIRTUAL,
  severity TEXT GENERATED ALWAYS AS (body ->> '$.severity') VIRTUAL,
  receiver TEXT GENERATED ALWAYS AS (body ->> '$.group.receiver') VIRTUAL,
  opened_at_ns INTEGER GENERATED ALWAYS AS (body ->> '$.opened_at.wall_ns') VIRTUAL,
  resolved_at_ns INTEGER GENERATED ALWAYS AS (body ->> '$.resolved_at.wall_ns') VIRTUAL,
  resolved_elapsed_ns INTEGER GENERATED ALWAYS AS (body ->> '$.resolved_at.elapsed_ns') VIRTUAL
);
CREATE INDEX incident_by_status ON incident (status, resolved_elapsed_ns);

CREATE TABLE external_alert (
  labels TEXT PRIMARY KEY NOT NULL,
  fingerprint TEXT NOT NULL,
  body TEXT NOT NULL,
  ends_at_ns INTEGER GENERATED ALWAYS AS (body ->> '$.ends_at_ns') VIRTUAL
);

CREATE TABLE delivery (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  incident INTEGER NOT NULL,
  channel TEXT NOT NULL,
  state TEXT NOT NULL,
  message TEXT NOT NULL,
  body TEXT NOT NULL,
  created_at_ns INTEGER GENERATED ALWAYS AS (body ->> '$.created_at_ns') VIRTUAL,
  ended_at_ns INTEGER GENERATED ALWAYS AS (body ->> '$.ended_at_ns') VIRTUAL,
  attempts INTEGER GENERATED ALWAYS AS (body ->> '$.attempts') VIRTUAL,
  last_error TEXT GENERATED ALWAYS AS (body ->> '$.last_error') VIRTUAL
);
CREATE INDEX delivery_by_incident ON delivery (incident);
CREATE INDEX delivery_by_state ON delivery (state);

CREATE TABLE told (
  incident INTEGER NOT NULL,
  occurrence INTEGER NOT NULL,
  channel TEXT NOT NULL,
  surely INTEGER NOT NULL,
  number INTEGER NOT NULL,
  receipt TEXT NOT NULL,
  last_delivery TEXT NOT NULL,
  PRIMARY KEY (incident, occurrence, channel)
) WITHOUT ROWID;

ALTER TABLE timeline ADD COLUMN incident INTEGER NOT NULL DEFAULT 0;
ALTER TABLE timeline ADD COLUMN actor TEXT NOT NULL DEFAULT '';
ALTER TABLE timeline ADD COLUMN channel TEXT NOT NULL DEFAULT '';
ALTER TABLE timeline ADD COLUMN problem TEXT NOT NULL DEFAULT '';
DROP INDEX timeline_by_age;
CREATE INDEX timeline_by_age ON timeline (elapsed_ns) WHERE incident = 0;
CREATE INDEX timeline_by_incident ON timeline (incident) WHERE incident <> 0;
CREATE INDEX timeline_by_problem ON timeline (problem) WHERE problem <> '';
)sql";

// A review goes with its incident, and so does what remedies did for it. `used_link` remembers links that work once.
constexpr std::string_view kReviews = R"sql(
CREATE TABLE review (
  incident INTEGER PRIMARY KEY NOT NULL,
  body TEXT NOT NULL,
  verdict TEXT GENERATED ALWAYS AS (body ->> '$.verdict') VIRTUAL
);

CREATE TABLE oncall_change (
  id TEXT PRIMARY KEY NOT NULL,
  body TEXT NOT NULL,
  ends_at_ns INTEGER GENERATED ALWAYS AS (body ->> '$.ends_at_ns') VIRTUAL
);

CREATE TABLE oncall_state (
  name TEXT PRIMARY KEY NOT NULL,
  body TEXT NOT NULL
);

CREATE TABLE used_link (
  id TEXT PRIMARY KEY NOT NULL,
  used_at_ns INTEGER NOT NULL,
  actor TEXT NOT NULL
);

CREATE TABLE remedy_run (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  incident INTEGER NOT NULL,
  occurrence INTEGER NOT NULL,
  remedy TEXT NOT NULL,
  body TEXT NOT NULL,
  UNIQUE (incident, occurrence, remedy)
);
)sql";

// Answers to requests with an Idempotency-Key, for a day; `id` is whose key, and which.
constexpr std::string_view kAnswers = R"sql(
CREATE TABLE kept_answer (
  id TEXT PRIMARY KEY NOT NULL,
  request INTEGER NOT NULL,
  asked_at_ns INTEGER NOT NULL,
  status INTEGER NOT NULL,
  content_type TEXT NOT NULL,
  headers TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX kept_answer_by_age ON kept_answer (asked_at_ns);
)sql";

constexpr std::array kMigrations{
    Migration{"make the tables of alerts", kAlertTables},
    Migration{"make the table of rule files", kRuleFiles},
    Migration{"make the table of probes", kProbeSteps},
    Migration{"make the table of silences", kSilences},
    Migration{"make the tables of incidents and deliveries", kIncidents},
    Migration{"make the tables of reviews, people on call and remedies", kReviews},
    Migration{"make the table of answers", kAnswers},
};

Result<> refuse_strangers(const Database& database, std::int64_t version) {
  const std::int64_t application = SONDE_TRY(database.ask_number("PRAGMA application_id"));
  if (application == kApplicationId) return Ok{};
  const std::int64_t tables = SONDE_TRY(database.ask_number("SELECT count(*) FROM sqlite_schema"));
  if (application == 0 && version == 0 && tables == 0) return Ok{};
  return Error{Code::kUnsupported, "'" + database.path() +
                                       "' is the SQLite database of another program; name another file, or move this "
                                       "one away"};
}

Result<> take_step(Database& database, const Migration& migration, std::size_t version) {
  Transaction transaction = SONDE_TRY(Transaction::begin(database));
  SONDE_TRY(database.execute(std::string(migration.sql)));
  SONDE_TRY(database.execute("PRAGMA user_version = " + std::to_string(version)));
  return transaction.commit();
}

}  // namespace

std::span<const Migration> history_migrations() { return kMigrations; }

Result<> migrate(Database& database, std::span<const Migration> migrations) {
  const std::int64_t found = SONDE_TRY(database.ask_number("PRAGMA user_version"));
  SONDE_TRY(refuse_strangers(database, found));
  if (found < 0 || static_cast<std::size_t>(found) > migrations.size()) {
    return Error{Code::kUnsupported, "'" + database.path() + "' is of version " + std::to_string(found) +
                                         ", and this program knows versions up to " +
                                         std::to_string(migrations.size()) +
                                         ": run the newer program again, or move the file away to begin another"};
  }
  for (std::size_t version = static_cast<std::size_t>(found); version < migrations.size(); ++version) {
    const Migration& migration = migrations[version];
    auto done = take_step(database, migration, version + 1);
    if (!done) return std::move(done).error().with("to " + std::string(migration.does));
  }
  return Ok{};
}

}  // namespace sonde::history
