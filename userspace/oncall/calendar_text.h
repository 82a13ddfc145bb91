#pragma once

#include <span>
#include <string>

#include "base/clock.h"
#include "oncall/types.h"

namespace sonde::oncall {

/// What a calendar says besides its shifts.
struct CalendarHead {
  std::string schedule;
  std::span<const Person> people;  ///< whose full names stand in it, where they have one
  WallTime written_at;
};

/// Shifts as iCalendar (RFC 5545): UTC, lines folded at 75 octets. A shift keeps its UID as long as its schedule, start
/// and person stay; whole shifts are wanted, since the start of one that is cut is not its own. Where nobody is on call
/// there is no event.  units: whole seconds.  shape: UTF-8, lines end in CRLF.
std::string write_calendar(std::span<const Shift> shifts, const CalendarHead& head);

}  // namespace sonde::oncall
