#include "history/uptime_table.h"

#include <chrono>
#include <cstddef>
#include <string>

namespace sonde::history {
namespace {

constexpr std::size_t kNoWindow = probe::kUptimeWindows.size();

std::size_t window_of(const std::string& name) {
  std::size_t window = 0;
  while (window < kNoWindow && probe::kUptimeWindows[window].name != name) ++window;
  return window;
}

std::int64_t unix_seconds(WallTime at) {
  return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}

}  // namespace

Result<std::vector<probe::UptimeStep>> read_uptime(const Database& database) {
  Statement row = SONDE_TRY(database.prepare("SELECT probe, span, start, successes, failures FROM probe_step"));
  std::vector<probe::UptimeStep> steps;
  while (SONDE_TRY(row.step())) {
    probe::UptimeStep step;
    step.probe = row.text(0);
    step.window = window_of(row.text(1));
    step.start = WallTime{std::chrono::seconds{row.number(2)}};
    step.counts = {static_cast<std::uint64_t>(row.number(3)), static_cast<std::uint64_t>(row.number(4))};
    if (step.window != kNoWindow) steps.push_back(std::move(step));
  }
  return steps;
}

Result<> write_uptime(Database& database, std::span<const probe::UptimeStep> steps, WallTime now) {
  Transaction transaction = SONDE_TRY(Transaction::begin(database));
  Statement row = SONDE_TRY(database.prepare(
      "INSERT INTO probe_step (probe, span, start, successes, failures) VALUES (?, ?, ?, ?, ?) "
      "ON CONFLICT (probe, span, start) DO UPDATE SET successes = excluded.successes, failures = excluded.failures"));
  for (const probe::UptimeStep& step : steps) {
    SONDE_TRY(row.bind(step.probe)
                  .bind(probe::kUptimeWindows.at(step.window).name)
                  .bind(unix_seconds(step.start))
                  .bind(static_cast<std::int64_t>(step.counts.successes))
                  .bind(static_cast<std::int64_t>(step.counts.failures))
                  .run());
  }
  Statement old = SONDE_TRY(database.prepare("DELETE FROM probe_step WHERE span = ? AND start < ?"));
  for (const probe::UptimeWindow& window : probe::kUptimeWindows) {
    SONDE_TRY(old.bind(window.name).bind(unix_seconds(now - window.length - window.step)).run());
  }
  return transaction.commit();
}

}  // namespace sonde::history
