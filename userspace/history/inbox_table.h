#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "history/database.h"

namespace sonde::history {

/// Alerts that came to a hub which does not decide.
struct PostedAlerts {
  std::int64_t id = 0;
  WallTime received_at;
  std::string body;  ///< as it was posted to /api/v2/alerts
};

/// Keeps them for the hub that does, in a PostgreSQL database.  errors: as Database.
Result<> post_alerts(Database& database, std::string_view body, WallTime received_at);

/// The oldest of them, in the order they came.  errors: as Database.
[[nodiscard]] Result<std::vector<PostedAlerts>> posted_alerts(const Database& database, std::size_t limit);

/// Deletes what has been taken over. errors: as Database.
Result<> remove_posted(Database& database, std::span<const std::int64_t> ids);

}  // namespace sonde::history
