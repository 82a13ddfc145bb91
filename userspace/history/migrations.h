#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"
#include "history/database.h"

namespace sonde::history {

/// Makes the tables of one version from those of the version before. Once released, it never changes: what is to be
/// different is another migration.
struct Migration {
  std::string_view does;  ///< for the error that it fails with
  std::string_view sql;
};

/// SQLite's application_id of our files: "Sond".
inline constexpr std::int64_t kApplicationId = 0x536F6E64;

/// All there are; the number of the last is the version of this program.
[[nodiscard]] std::span<const Migration> history_migrations();

/// Brings the database to the newest version, in one transaction for each step: killed at any moment, it is of the old
/// version or of the new one.
/// errors: kUnsupported if a newer program has written it, or another program; else as Database.
Result<> migrate(Database& database, std::span<const Migration> migrations);

}  // namespace sonde::history
