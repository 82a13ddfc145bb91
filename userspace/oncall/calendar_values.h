#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time_zone.h"
#include "oncall/calendar_lines.h"

namespace sonde::oncall {

/// A time as a calendar says it (RFC 5545, 3.3.4 and 3.3.5).
struct CalendarTime {
  LocalTime local{};
  bool is_date = false;  ///< the whole day
  bool is_utc = false;
  std::string time_zone{};  ///< of the parameter TZID; empty: UTC, or the reader's
};

/// How long an event is. Days are those of the clocks on the wall; `exact` is passed time.
struct CalendarLength {
  std::chrono::nanoseconds by_clock{0};
  std::chrono::nanoseconds exact{0};
};

/// errors, of all: kBadInput with the line, for what is no such value or lies outside of the years 1970 to 2199.
Result<CalendarTime> read_time(const ContentLine& line);
Result<std::vector<CalendarTime>> read_times(const ContentLine& line);
Result<CalendarLength> read_length(const ContentLine& line);
Result<std::string> read_words(const ContentLine& line);

/// The times at which an event comes again, by the clocks of its own zone (RFC 5545, 3.3.10).
class Repetition {
 public:
  /// Up to `end`, or some days more: a rule that never holds is followed no further.
  /// errors: kBadInput also for what comes more often than each hour, for hours with conditions (BY...), for minutes
  /// and seconds, and for calendars other than ours: none of them is a shift.
  [[nodiscard]] static Result<Repetition> read(const ContentLine& line, const CalendarTime& start, LocalTime end);

  Repetition(Repetition&&) noexcept;
  Repetition& operator=(Repetition&&) noexcept;
  ~Repetition();

  /// None after the last. The rule's UNTIL is not heeded: that may be in UTC, which a caller with a zone can tell.
  std::optional<LocalTime> next();

  /// The last time at which it may begin.
  [[nodiscard]] const std::optional<CalendarTime>& until() const;

 private:
  struct Rule;
  explicit Repetition(std::unique_ptr<Rule> rule);

  std::unique_ptr<Rule> rule_;
};

}  // namespace sonde::oncall
