#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sonde::oncall {

/// One property of a calendar, unfolded.  units: lines from 1.
struct ContentLine {
  std::size_t number = 0;
  std::string name;  ///< in capitals: DTSTART
  std::string text;  ///< the whole line

  bool operator==(const ContentLine&) const = default;
};

/// What an event of a calendar says of its time and its person.
struct CalendarEvent {
  std::size_t line = 0;  ///< where it begins
  std::optional<ContentLine> start{};
  std::optional<ContentLine> end{};
  std::optional<ContentLine> duration{};
  std::optional<ContentLine> summary{};
  std::optional<ContentLine> rule{};
  std::vector<ContentLine> exceptions{};  ///< dates that the rule leaves out
  bool is_cancelled = false;
};

/// Takes a calendar (RFC 5545, 3.1 and 3.6) apart into its events; other components and properties are passed over.
/// errors: kBadInput, beginning with "line N", for what is no calendar, a property twice, and for RDATE and
/// RECURRENCE-ID, without which an event would be read wrongly.
Result<std::vector<CalendarEvent>> read_events(std::string_view text);

/// "line 12: ..."
Error fault_at(std::size_t line, std::string what);

}  // namespace sonde::oncall
