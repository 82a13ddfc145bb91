#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "base/time_zone.h"
#include "oncall/types.h"

namespace sonde::oncall {

inline constexpr std::size_t kMostCalendarBytes = 1024UL * 1024UL;

/// What a calendar is read for.
struct CalendarQuestion {
  const Plan& plan;  ///< whose people the events may name, by name or full name, in SUMMARY
  std::string schedule;
  WallTime from;
  WallTime to;  ///< excluded
};

/// Reads the events of an iCalendar text (RFC 5545) that lie in an interval as the shifts of that time; the caller
/// gives id, author and comment. Times are in UTC, or of a TZID that is an IANA name, or the schedule's own. Events
/// that recur keep their times by the clocks, also their end, as calendars show them; RFC 5545 would have a shift of a
/// week end an hour off where the clocks are changed. What is cancelled is left out. errors: kBadInput with the line:
/// what is no calendar, times, a person or a zone that is not known, two events at one time; kNotFound for the
/// schedule; kLimit for more than 1 MiB or 1000 shifts.
Result<TemporaryShifts> read_calendar(std::string_view text, const CalendarQuestion& question);

}  // namespace sonde::oncall
