#include "history/oncall_history.h"

#include <string_view>
#include <utility>

#include "history/oncall_rows.h"

namespace sonde::history {
namespace {

constexpr const char* kPlaces = "rotations";
constexpr const char* kTurns = "round_robin";
constexpr const char* kAnnounced = "announced";
constexpr const char* kHeartbeats = "heartbeats";

std::int64_t ns_of(WallTime at) { return at.time_since_epoch().count(); }

/// What cannot be read begins anew.
template <class T>
void read_state(const Database& database, const std::string& name, std::vector<T>& into,
                std::vector<std::string>& notices) {
  const auto body = database.ask_text("SELECT body FROM oncall_state WHERE name = '" + name + "'");
  if (!body) {
    if (body.error().code != Code::kNotFound) notices.push_back(body.error().what);
    return;
  }
  if (read_rows(*body, into)) return;
  into.clear();
  notices.push_back("'" + database.path() + "': the row '" + name + "' of oncall_state makes no sense");
}

}  // namespace

Result<LoadedOncall> OncallHistory::load() const {
  const std::lock_guard lock(*mutex_);
  LoadedOncall loaded;
  Statement row = SONDE_TRY(database_->prepare("SELECT id, body FROM oncall_change ORDER BY rowid"));
  while (SONDE_TRY(row.step())) {
    const Result<> change = read_change(row.text(1), loaded.changes);
    if (!change) loaded.notices.push_back("change " + row.text(0) + " of a schedule: " + change.error().what);
  }
  read_state(*database_, kPlaces, loaded.places, loaded.notices);
  read_state(*database_, kTurns, loaded.turns, loaded.notices);
  read_state(*database_, kAnnounced, loaded.announced, loaded.notices);
  read_state(*database_, kHeartbeats, loaded.heartbeats, loaded.notices);
  return loaded;
}

Result<> OncallHistory::save(const oncall::Changes& changes) {
  const std::lock_guard lock(*mutex_);
  Transaction transaction = SONDE_TRY(Transaction::begin(*database_));
  SONDE_TRY(database_->execute("DELETE FROM oncall_change"));
  Statement write = SONDE_TRY(database_->prepare("INSERT INTO oncall_change (id, body) VALUES (?, ?)"));
  for (const oncall::Override& change : changes.overrides) SONDE_TRY(write.bind(change.id).bind(text_of(change)).run());
  for (const oncall::TemporaryShifts& change : changes.temporary) {
    SONDE_TRY(write.bind(change.id).bind(text_of(change)).run());
  }
  return transaction.commit();
}

Result<> OncallHistory::save(const std::vector<oncall::RotationPlace>& places) {
  return save_state(kPlaces, text_of(places));
}

Result<> OncallHistory::save(const std::vector<oncall::RobinTurn>& turns) { return save_state(kTurns, text_of(turns)); }

Result<> OncallHistory::save(const std::vector<oncall::Announced>& announced) {
  return save_state(kAnnounced, text_of(announced));
}

Result<> OncallHistory::save(const std::vector<oncall::Heartbeat>& heartbeats) {
  return save_state(kHeartbeats, text_of(heartbeats));
}

Result<> OncallHistory::save_state(const std::string& name, const std::string& body) {
  const std::lock_guard lock(*mutex_);
  Statement write = SONDE_TRY(database_->prepare(
      "INSERT INTO oncall_state (name, body) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body"));
  return write.bind(name).bind(body).run();
}

Result<LinkClaim> OncallHistory::claim_link(const std::string& id, const std::string& actor, WallTime now) {
  {
    const std::lock_guard lock(*mutex_);
    Statement write = SONDE_TRY(
        database_->prepare("INSERT INTO used_link (id, used_at_ns, actor) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"));
    SONDE_TRY(write.bind(id).bind(ns_of(now)).bind(actor).run());
    if (database_->changed_rows() > 0) return LinkClaim{.is_new = true, .actor = actor, .at = now};
  }
  const std::optional<LinkClaim> before = SONDE_TRY(find_link(id));
  return before.value_or(LinkClaim{.is_new = false, .actor = "", .at = now});
}

Result<std::optional<LinkClaim>> OncallHistory::find_link(const std::string& id) const {
  const std::lock_guard lock(*mutex_);
  Statement read = SONDE_TRY(database_->prepare("SELECT used_at_ns, actor FROM used_link WHERE id = ?"));
  read.bind(id);
  if (!SONDE_TRY(read.step())) return std::optional<LinkClaim>{};
  return std::optional{
      LinkClaim{.is_new = false, .actor = read.text(1), .at = WallTime{std::chrono::nanoseconds{read.number(0)}}}};
}

Result<> OncallHistory::forget_links(WallTime before) {
  const std::lock_guard lock(*mutex_);
  Statement remove = SONDE_TRY(database_->prepare("DELETE FROM used_link WHERE used_at_ns < ?"));
  return remove.bind(ns_of(before)).run();
}

}  // namespace sonde::history
