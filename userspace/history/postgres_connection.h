#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "history/database.h"

namespace sonde::history {

/// How a PostgreSQL server is reached that several hubs share.
struct PostgresOptions {
  std::string conninfo;    ///< a connection string or URI of libpq, without a password
  std::string password{};  ///< a secret; empty: none, or from where libpq finds one
};

/// What makes one hub the one that decides.
struct LeadOptions {
  PostgresOptions postgres{};
  std::string url{};  ///< where other hubs reach this one
  /// Called once, on the thread that found out, when another hub has taken over: from then on nothing is written.
  std::function<void()> on_deposed{};
};

/// Becomes the one that decides, if no other hub is it: takes a lock that the server keeps for as long as this
/// connection lives (pg_advisory_lock), and brings the tables to the newest version. Whatever is written through the
/// Database is written under that lock, so that of two hubs never both write. A connection that breaks is made again,
/// and goes on if no other hub has led meanwhile. The server ends a connection that says nothing for ten seconds: call
/// AlertHistory::keep_alive() every few.
/// returns: nothing if another hub has the lock.
/// errors: as Database; kBadConfig for a connection string that cannot be read, kUnsupported for a server older than 14
/// or a database that a newer program has written.
[[nodiscard]] Result<std::optional<Database>> lead_postgres(const LeadOptions& options);

/// The database for one that does not decide; it is connected to when it is first asked.
[[nodiscard]] Database join_postgres(const PostgresOptions& options);

/// The connection string with what is wrong with it told, without connecting.  errors: kBadInput.
[[nodiscard]] Result<> check_conninfo(const std::string& conninfo);

/// `?` and `?2` as `$1` and `$2`; what is quoted stays.
[[nodiscard]] std::string numbered_parameters(std::string_view sql);

}  // namespace sonde::history
