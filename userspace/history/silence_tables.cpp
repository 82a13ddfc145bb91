#include "history/silence_tables.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

#include "history/json_fields.h"

namespace sonde::history {
namespace {

using alerts::Silence;

constexpr std::string_view kWrite =
    "INSERT INTO silence (id, version, matchers, starts_at_ns, ends_at_ns, updated_at_ns, author, comment) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id, version) DO UPDATE SET matchers = excluded.matchers, "
    "starts_at_ns = excluded.starts_at_ns, ends_at_ns = excluded.ends_at_ns, updated_at_ns = excluded.updated_at_ns, "
    "author = excluded.author, comment = excluded.comment";
constexpr std::string_view kColumns =
    "SELECT id, version, matchers, starts_at_ns, ends_at_ns, updated_at_ns, author, comment FROM silence ";

constexpr std::array kOperators{store::MatchOperator::kEqual, store::MatchOperator::kNotEqual,
                                store::MatchOperator::kRegex, store::MatchOperator::kNotRegex};

std::int64_t ns_of(WallTime at) { return at.time_since_epoch().count(); }
WallTime wall_of(std::int64_t ns) { return WallTime{std::chrono::nanoseconds{ns}}; }

/// [{"label":"severity","is":"=~","value":"page|ticket"}], which people may read.
std::string matchers_text(const std::vector<store::Matcher>& matchers) {
  Json rows = Json::array();
  for (const store::Matcher& matcher : matchers) {
    rows.push_back({{"label", json_of(matcher.name)},
                    {"is", std::string(store::spelling(matcher.op))},
                    {"value", json_of(matcher.value)}});
  }
  return rows.dump();
}

bool read_matcher(const Json& row, store::Matcher& into) {
  if (!row.is_object() || !row.contains("label") || !row.contains("is") || !row.contains("value")) return false;
  std::string spelled;
  if (!read(row["label"], into.name) || !read(row["is"], spelled) || !read(row["value"], into.value)) return false;
  for (const store::MatchOperator op : kOperators) {
    if (store::spelling(op) != spelled) continue;
    into.op = op;
    return true;
  }
  return false;
}

bool read_matchers(const std::string& text, std::vector<store::Matcher>& into) {
  const Json rows = Json::parse(text, nullptr, false);
  if (!rows.is_array()) return false;
  for (const Json& row : rows) {
    if (!read_matcher(row, into.emplace_back())) return false;
  }
  return true;
}

Result<Silence> silence_of(const Statement& row) {
  Silence silence;
  silence.id = row.text(0);
  silence.version = static_cast<std::uint64_t>(row.number(1));
  silence.starts_at = wall_of(row.number(3));
  silence.ends_at = wall_of(row.number(4));
  silence.updated_at = wall_of(row.number(5));
  silence.author = row.text(6);
  silence.comment = row.text(7);
  if (read_matchers(row.text(2), silence.matchers)) return silence;
  return Error{Code::kBadInput, "the matchers of silence " + silence.id +
                                    " make no sense; delete it from the table 'silence', and make it again"};
}

}  // namespace

Result<SilenceTables> SilenceTables::prepare(Database& database) {
  Statement write = SONDE_TRY(database.prepare(kWrite));
  Statement remove = SONDE_TRY(database.prepare("DELETE FROM silence WHERE id = ?"));
  return SilenceTables(database, std::move(write), std::move(remove));
}

Result<> SilenceTables::write(const Silence& silence) {
  return write_.bind(silence.id)
      .bind(static_cast<std::int64_t>(silence.version))
      .bind(matchers_text(silence.matchers))
      .bind(ns_of(silence.starts_at))
      .bind(ns_of(silence.ends_at))
      .bind(ns_of(silence.updated_at))
      .bind(silence.author)
      .bind(silence.comment)
      .run();
}

Result<> SilenceTables::remove(const std::string& id) { return remove_.bind(id).run(); }

Result<LoadedSilences> SilenceTables::read_last() const {
  Statement row = SONDE_TRY(database_->prepare(
      std::string(kColumns) +
      "AS one WHERE version = (SELECT max(version) FROM silence WHERE silence.id = one.id) ORDER BY id"));
  LoadedSilences loaded;
  while (SONDE_TRY(row.step())) {
    auto silence = silence_of(row);
    if (silence) {
      loaded.silences.push_back(*std::move(silence));
    } else {
      loaded.notices.push_back("'" + database_->path() + "': " + silence.error().what);
    }
  }
  return loaded;
}

Result<std::vector<Silence>> SilenceTables::read_versions(const std::string& id) const {
  Statement row = SONDE_TRY(database_->prepare(std::string(kColumns) + "WHERE id = ? ORDER BY version"));
  row.bind(id);
  std::vector<Silence> versions;
  while (SONDE_TRY(row.step())) versions.push_back(SONDE_TRY(silence_of(row)));
  return versions;
}

}  // namespace sonde::history
