#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "history/database.h"

namespace sonde::history {

/// The tables of a migration as PostgreSQL makes them: there, integers have 64 bits by another name, what is computed
/// from the JSON is stored, and what may be long is found by its hash.
[[nodiscard]] std::string postgres_tables(std::string_view sqlite_sql);

/// Brings a PostgreSQL database to the newest version, in one transaction for each step. Only the hub that leads calls
/// it.  errors: kUnsupported if a newer program has written it; else as Database.
Result<> migrate_postgres(Database& database);

}  // namespace sonde::history
