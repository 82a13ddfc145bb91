#include "history/inbox_table.h"

#include <chrono>

namespace sonde::history {

Result<> post_alerts(Database& database, std::string_view body, WallTime received_at) {
  Statement write = SONDE_TRY(database.prepare("INSERT INTO inbox (received_at_ns, body) VALUES (?, ?)"));
  return write.bind(std::int64_t{received_at.time_since_epoch().count()}).bind(body).run();
}

Result<std::vector<PostedAlerts>> posted_alerts(const Database& database, std::size_t limit) {
  Statement row = SONDE_TRY(
      database.prepare("SELECT id, received_at_ns, body FROM inbox ORDER BY id LIMIT ? FOR UPDATE SKIP LOCKED"));
  row.bind(static_cast<std::int64_t>(limit));
  std::vector<PostedAlerts> posted;
  while (SONDE_TRY(row.step())) {
    posted.push_back({row.number(0), WallTime{std::chrono::nanoseconds{row.number(1)}}, row.text(2)});
  }
  return posted;
}

Result<> remove_posted(Database& database, std::span<const std::int64_t> ids) {
  if (ids.empty()) return Ok{};
  std::string list;
  for (const std::int64_t id : ids) list += (list.empty() ? "" : ", ") + std::to_string(id);
  return database.execute("DELETE FROM inbox WHERE id IN (" + list + ")");
}

}  // namespace sonde::history
