#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/types.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/time_zone.h"

namespace sonde::alerts {

/// What is wrong in an interval, or nothing: Alertmanager's limits on each range, and a zone that the system knows.
/// errors: kBadInput, kNotFound for the zone.
Result<> check_time_interval(const TimeInterval& interval);

/// Intervals of which any may hold, ready to be asked often. Ends of the time of day are excluded: 09:00 to 17:00 holds
/// at 09:00:00 and not at 17:00:00. A day of the month that a month lacks is its last one if it ends a range, and none
/// if it begins one.  threads: any.
class Schedule {
 public:
  /// errors: of check_time_interval.
  [[nodiscard]] static Result<Schedule> compile(std::span<const TimeInterval> intervals);

  [[nodiscard]] bool contains(WallTime at) const;

 private:
  struct Compiled {
    TimeInterval interval;
    TimeZone zone;
  };

  std::vector<Compiled> intervals_;
};

/// The time intervals of a configuration, by name.  threads: any.
class ScheduleBook {
 public:
  /// errors: of check_time_interval, with the interval's name; kBadInput for a name that comes twice.
  [[nodiscard]] static Result<ScheduleBook> compile(std::span<const NamedTimeInterval> intervals);

  [[nodiscard]] bool knows(std::string_view name) const { return schedules_.contains(name); }

  /// Those of `names` that hold at `at`; a name that is not known holds never.
  [[nodiscard]] std::vector<std::string> holding(std::span<const std::string> names, WallTime at) const;

 private:
  std::map<std::string, Schedule, std::less<>> schedules_;
};

}  // namespace sonde::alerts
