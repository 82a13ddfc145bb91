#pragma once

#include <span>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "history/database.h"
#include "probe/types.h"

namespace sonde::history {

/// The SQL of how probes answered: rows of migrations.cpp's table `probe_step`.
/// errors: as Database.

[[nodiscard]] Result<std::vector<probe::UptimeStep>> read_uptime(const Database& database);

/// Writes the steps, and deletes what is older than its window, all of it or nothing.
Result<> write_uptime(Database& database, std::span<const probe::UptimeStep> steps, WallTime now);

}  // namespace sonde::history
