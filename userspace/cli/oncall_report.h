#pragma once

#include <string>
#include <vector>

#include "oncall/types.h"

namespace sonde::cli {

/// Some shifts of one schedule, wherever they were found.
struct ScheduleShifts {
  std::string schedule;
  std::string time_zone;  ///< by whose clocks they are shown; empty: UTC
  std::vector<oncall::Shift> shifts;
  std::vector<std::string> warnings{};  ///< such as hours in which nobody is on call
};

/// A line for each shift, by the clocks of its schedule, and below them the warnings.
std::string render_shifts(const std::vector<ScheduleShifts>& schedules);

/// The same for programs, in UTC (RFC 3339).
std::string shifts_as_json(const std::vector<ScheduleShifts>& schedules);

}  // namespace sonde::cli
