#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/time_zone.h"
#include "oncall/types.h"

namespace sonde::oncall {

/// How far ahead people are warned of hours in which nobody is on call.
inline constexpr std::chrono::weeks kCoverageSpan{8};

/// Some time in which nobody is on call.
struct Gap {
  WallTime starts_at;
  WallTime ends_at;  ///< excluded

  bool operator==(const Gap&) const = default;
};

/// How well shifts cover their time, and how it is shared out.
struct Coverage {
  double uncovered_ratio = 0.0;
  std::vector<Gap> gaps;  ///< in order; the first is the next
  std::map<std::string, std::chrono::nanoseconds> time_of_person;
};

/// shape: shifts in order, as ScheduleBook::shifts gives them.
Coverage coverage_of(std::span<const Shift> shifts);

/// "nobody is on call 66.7 % of the time; the next of 56 gaps is from 2026-06-01 00:00 to 09:00, 9h", by the zone's
/// clocks; nothing if somebody always is. A warning, never a fault: a team may mean it so.
std::optional<std::string> warning_of(const Coverage& coverage, const TimeZone& zone);

}  // namespace sonde::oncall
