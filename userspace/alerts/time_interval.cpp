#include "alerts/time_interval.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace sonde::alerts {
namespace {

using std::chrono::floor;
using Range = TimeInterval::Range;

constexpr int kMinutesOfDay = 24 * 60;
constexpr int kLongestMonth = 31;
constexpr int kShortestMonth = 28;

/// A moment in the terms of an interval.
struct LocalMoment {
  int minute = 0;
  int weekday = 0;
  int day = 0;
  int month = 0;
  int year = 0;
  int days_in_month = 0;
};

LocalMoment dissect(LocalTime at) {
  const auto date = floor<std::chrono::days>(at);
  const std::chrono::year_month_day day(date);
  const std::chrono::year_month_day_last last(day.year(), std::chrono::month_day_last(day.month()));
  return {.minute = static_cast<int>(floor<std::chrono::minutes>(at - date).count()),
          .weekday = static_cast<int>(std::chrono::weekday(date).c_encoding()),
          .day = static_cast<int>(static_cast<unsigned>(day.day())),
          .month = static_cast<int>(static_cast<unsigned>(day.month())),
          .year = static_cast<int>(day.year()),
          .days_in_month = static_cast<int>(static_cast<unsigned>(last.day()))};
}

bool is_within(const TimeInterval::Ranges& ranges, int value) {
  return !ranges || std::ranges::any_of(
                        *ranges, [value](const Range& range) { return range.first <= value && value <= range.last; });
}

bool is_within_times(const TimeInterval::Ranges& ranges, int minute) {
  return !ranges || std::ranges::any_of(
                        *ranges, [minute](const Range& range) { return range.first <= minute && minute < range.last; });
}

bool is_within_days(const TimeInterval::Ranges& ranges, const LocalMoment& at) {
  const auto from_start = [&](int day) { return day < 0 ? at.days_in_month + day + 1 : day; };
  return !ranges || std::ranges::any_of(*ranges, [&](const Range& range) {
    return from_start(range.first) <= at.day && at.day <= std::min(from_start(range.last), at.days_in_month);
  });
}

bool holds(const TimeInterval& interval, const LocalMoment& at) {
  return is_within_times(interval.times, at.minute) && is_within(interval.weekdays, at.weekday) &&
         is_within_days(interval.days_of_month, at) && is_within(interval.months, at.month) &&
         is_within(interval.years, at.year);
}

Error refuse(std::string what) { return Error{Code::kBadInput, std::move(what)}; }

/// Checks a range of which both ends lie in `allowed`.
Result<> check_ends(const TimeInterval::Ranges& ranges, Range allowed, const std::string& what) {
  if (!ranges) return Ok{};
  for (const Range& range : *ranges) {
    if (range.first < allowed.first || range.last > allowed.last || range.last < allowed.first ||
        range.first > allowed.last) {
      return refuse("a " + what + " must be from " + std::to_string(allowed.first) + " to " +
                    std::to_string(allowed.last));
    }
    if (range.first > range.last) return refuse("a range of " + what + "s must not end before it begins");
  }
  return Ok{};
}

Result<> check_times(const TimeInterval::Ranges& ranges) {
  if (!ranges) return Ok{};
  for (const Range& range : *ranges) {
    if (range.first < 0 || range.last > kMinutesOfDay) return refuse("a time of day must be from 00:00 to 24:00");
    if (range.first >= range.last) {
      return refuse(
          "start_time must be before end_time; a time over midnight is two ranges, up to 24:00 and from 00:00");
    }
  }
  return Ok{};
}

Result<> check_days(const TimeInterval::Ranges& ranges) {
  const auto is_day = [](int day) { return day != 0 && -kLongestMonth <= day && day <= kLongestMonth; };
  // What begins after it ends in the shortest month there is, as far as one can know.
  const auto place = [](int day) { return day < 0 ? kShortestMonth + day : day; };
  if (!ranges) return Ok{};
  for (const Range& range : *ranges) {
    if (!is_day(range.first) || !is_day(range.last)) {
      return refuse("a day of the month must be from 1 to 31, or from -1, the last one, to -31");
    }
    if (range.first < 0 && range.last > 0) {
      return refuse("a range that begins with a day from the end of the month must end with such a day");
    }
    if (place(range.first) > place(range.last)) return refuse("a range of days must not end before it begins");
  }
  return Ok{};
}

}  // namespace

Result<> check_time_interval(const TimeInterval& interval) {
  constexpr int kMostYears = 9999;
  SONDE_TRY(check_times(interval.times));
  SONDE_TRY(check_ends(interval.weekdays, {0, 6}, "weekday"));
  SONDE_TRY(check_days(interval.days_of_month));
  SONDE_TRY(check_ends(interval.months, {1, 12}, "month"));
  SONDE_TRY(check_ends(interval.years, {0, kMostYears}, "year"));
  SONDE_TRY(TimeZone::load(interval.location));
  return Ok{};
}

Result<Schedule> Schedule::compile(std::span<const TimeInterval> intervals) {
  Schedule schedule;
  for (const TimeInterval& interval : intervals) {
    SONDE_TRY(check_time_interval(interval));
    schedule.intervals_.push_back({interval, SONDE_TRY(TimeZone::load(interval.location))});
  }
  return schedule;
}

bool Schedule::contains(WallTime at) const {
  return std::ranges::any_of(intervals_, [at](const Compiled& compiled) {
    return holds(compiled.interval, dissect(compiled.zone.to_local(at)));
  });
}

Result<ScheduleBook> ScheduleBook::compile(std::span<const NamedTimeInterval> intervals) {
  ScheduleBook book;
  for (const NamedTimeInterval& named : intervals) {
    auto schedule = Schedule::compile(named.intervals);
    if (!schedule) return std::move(schedule).error().with("time interval '" + named.name + "'");
    if (!book.schedules_.emplace(named.name, *std::move(schedule)).second) {
      return refuse("two time intervals are called '" + named.name + "': every one needs its own name");
    }
  }
  return book;
}

std::vector<std::string> ScheduleBook::holding(std::span<const std::string> names, WallTime at) const {
  std::vector<std::string> found;
  for (const std::string& name : names) {
    const auto schedule = schedules_.find(name);
    if (schedule != schedules_.end() && schedule->second.contains(at)) found.push_back(name);
  }
  return found;
}

}  // namespace sonde::alerts
