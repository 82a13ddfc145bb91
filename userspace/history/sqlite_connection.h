#pragma once

#include <string>

#include "base/result.h"
#include "history/database.h"

namespace sonde::history {

/// Opens an SQLite file that is there. A writer waits up to two seconds for another program's transaction.
/// errors: as Database.
[[nodiscard]] Result<Database> open_sqlite(const std::string& path);

}  // namespace sonde::history
