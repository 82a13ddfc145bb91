#include "cli/oncall_report.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/time_zone.h"
#include "cli/moment.h"
#include "cli/table.h"

namespace sonde::cli {
namespace {

using Json = nlohmann::ordered_json;

/// "Mon 2026-06-01 09:00"
std::string clock_text(WallTime at, const TimeZone& zone) {
  constexpr std::array kWeekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  const LocalTime local = zone.to_local(at);
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::minutes>(local - day));
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%s %04d-%02u-%02u %02d:%02d",
                kWeekdays[std::chrono::weekday(day).c_encoding()], static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()));
  return text.data();
}

Tint tint_of(const oncall::Shift& shift) { return shift.person.empty() ? Tint::kYellow : Tint::kNone; }

}  // namespace

std::string render_shifts(const std::vector<ScheduleShifts>& schedules) {
  Table table;
  table.columns = {{.title = "SCHEDULE", .align_right = false}, {.title = "ON CALL", .align_right = false},
                   {.title = "FROM", .align_right = false},     {.title = "TO", .align_right = false},
                   {.title = "ZONE", .align_right = false},     {.title = "BY", .align_right = false}};
  std::string warnings;
  for (const ScheduleShifts& schedule : schedules) {
    const auto loaded = TimeZone::load(schedule.time_zone);
    const TimeZone zone = loaded ? *loaded : TimeZone();
    for (const oncall::Shift& shift : schedule.shifts) {
      table.rows.push_back({{schedule.schedule},
                            {shift.person.empty() ? "nobody" : shift.person, tint_of(shift)},
                            {clock_text(shift.starts_at, zone)},
                            {clock_text(shift.ends_at, zone)},
                            {zone.name()},
                            {shift.source.empty() ? "-" : shift.source}});
    }
    for (const std::string& warning : schedule.warnings) {
      warnings += "warning: " + schedule.schedule + ": " + warning + "\n";
    }
  }
  if (schedules.empty()) return "no schedule: nobody is on call\n";
  return render_table(table, {}) + warnings;
}

std::string shifts_as_json(const std::vector<ScheduleShifts>& schedules) {
  Json list = Json::array();
  for (const ScheduleShifts& schedule : schedules) {
    Json shifts = Json::array();
    for (const oncall::Shift& shift : schedule.shifts) {
      shifts.push_back({{"person", shift.person},
                        {"starts_at", utc_text(shift.starts_at)},
                        {"ends_at", utc_text(shift.ends_at)},
                        {"source", shift.source}});
    }
    list.push_back({{"schedule", schedule.schedule},
                    {"time_zone", schedule.time_zone.empty() ? "UTC" : schedule.time_zone},
                    {"shifts", std::move(shifts)},
                    {"warnings", schedule.warnings}});
  }
  return Json{{"schedules", std::move(list)}}.dump(2) + "\n";
}

}  // namespace sonde::cli
