#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "app/command_output.h"
#include "app/commands.h"
#include "base/clock.h"
#include "base/nearest_word.h"
#include "cli/moment.h"
#include "cli/oncall_report.h"
#include "oncall/calendar_text.h"
#include "oncall/coverage.h"
#include "oncall/schedule_book.h"

namespace sonde::app {
namespace {

constexpr int kUsage = 2;

/// The schedules of a configuration. What people have changed of them is known to the daemon alone.
struct OfflineSchedules {
  oncall::Plan plan;
  oncall::ScheduleBook book;
};

Result<OfflineSchedules> load_schedules(const std::string& path) {
  config::Config config = SONDE_TRY(load_config(path));
  auto book = oncall::ScheduleBook::compile(config.oncall);
  if (!book) return std::move(book).error().with(path);
  return OfflineSchedules{std::move(config.oncall), *std::move(book)};
}

int tell(const std::vector<cli::ScheduleShifts>& schedules, cli::OutputFormat format) {
  std::string text =
      format == cli::OutputFormat::kJson ? cli::shifts_as_json(schedules) : cli::render_shifts(schedules);
  if (text.ends_with('\n')) text.pop_back();
  print(text);
  return 0;
}

/// Every schedule's shift of a moment, whole.
std::vector<cli::ScheduleShifts> shifts_at(const OfflineSchedules& schedules, WallTime at) {
  std::vector<cli::ScheduleShifts> found;
  for (const oncall::Schedule& schedule : schedules.plan.schedules) {
    found.push_back({schedule.name, schedule.location, {schedules.book.shift_at(schedule.name, at)}});
  }
  return found;
}

cli::ScheduleShifts preview_of(const OfflineSchedules& schedules, const oncall::Schedule& schedule, WallTime now,
                               std::chrono::weeks weeks) {
  cli::ScheduleShifts preview{schedule.name, schedule.location, schedules.book.shifts(schedule.name, now, now + weeks)};
  const auto ahead = schedules.book.shifts(schedule.name, now, now + oncall::kCoverageSpan);
  const TimeZone& zone = schedules.book.find(schedule.name)->zone();
  if (auto warning = oncall::warning_of(oncall::coverage_of(ahead), zone)) {
    preview.warnings.push_back("in the next 8 weeks " + *std::move(warning));
  }
  return preview;
}

int no_such_schedule(const OfflineSchedules& schedules, const std::string& name) {
  std::vector<std::string> names;
  for (const oncall::Schedule& schedule : schedules.plan.schedules) names.push_back(schedule.name);
  const std::string meant(nearest_word(name, names));
  fail("there is no schedule '" + name + "'" + (meant.empty() ? "" : "; did you mean '" + meant + "'?"));
  return kUsage;
}

}  // namespace

int run(const cli::OncallNowCommand& command) {
  const auto schedules = load_schedules(command.config);
  if (!schedules) return fail(schedules.error().what);
  return tell(shifts_at(*schedules, SystemClock().now()), command.output);
}

int run(const cli::OncallWhoCommand& command) {
  const auto schedules = load_schedules(command.config);
  if (!schedules) return fail(schedules.error().what);
  return tell(shifts_at(*schedules, cli::resolve(command.at, SystemClock().now())), command.output);
}

int run(const cli::OncallPreviewCommand& command) {
  const auto schedules = load_schedules(command.config);
  if (!schedules) return fail(schedules.error().what);
  if (command.schedule && !schedules->book.knows(*command.schedule)) {
    return no_such_schedule(*schedules, *command.schedule);
  }
  const WallTime now = SystemClock().now();
  std::vector<cli::ScheduleShifts> previews;
  for (const oncall::Schedule& schedule : schedules->plan.schedules) {
    if (command.schedule && schedule.name != *command.schedule) continue;
    previews.push_back(preview_of(*schedules, schedule, now, command.weeks));
  }
  return tell(previews, command.output);
}

int run(const cli::OncallExportCommand& command) {
  const auto schedules = load_schedules(command.config);
  if (!schedules) return fail(schedules.error().what);
  if (!schedules->book.knows(command.schedule)) return no_such_schedule(*schedules, command.schedule);
  const WallTime now = SystemClock().now();
  const auto shifts = schedules->book.whole_shifts(command.schedule, now, now + command.weeks);
  std::string text = oncall::write_calendar(
      shifts, {.schedule = command.schedule, .people = schedules->plan.people, .written_at = now});
  text.pop_back();  // print ends the line
  print(text);
  return 0;
}

}  // namespace sonde::app
