#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include "config/routing_draft.h"
#include "config/spelling.h"

namespace sonde::config {
namespace {

using alerts::MaintenanceWindow;
using alerts::NamedTimeInterval;
using alerts::TimeInterval;
using Range = TimeInterval::Range;
using IntervalReading = Reading<TimeInterval>;

constexpr std::array<std::string_view, 7> kWeekdays{"sunday",   "monday", "tuesday", "wednesday",
                                                    "thursday", "friday", "saturday"};
constexpr std::array<std::string_view, 12> kMonths{"january",   "february", "march",    "april",
                                                   "may",       "june",     "july",     "august",
                                                   "september", "october",  "november", "december"};

std::string lowered(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return text;
}

std::optional<int> number_of(std::string_view text) {
  int number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<int> weekday_of(std::string_view text) {
  const auto found = std::ranges::find(kWeekdays, text);
  if (found == kWeekdays.end()) return std::nullopt;
  return static_cast<int>(found - kWeekdays.begin());
}

std::optional<int> month_of(std::string_view text) {
  const auto found = std::ranges::find(kMonths, text);
  if (found == kMonths.end()) return number_of(text);
  return static_cast<int>(found - kMonths.begin()) + 1;
}

struct RangeKind {
  std::optional<int> (*member)(std::string_view text);
  std::string_view examples;
};

constexpr RangeKind kWeekdayRange{&weekday_of, "monday, or monday:friday"};
constexpr RangeKind kDayRange{&number_of, "1, 1:5, or -3:-1 for the last three days"};
constexpr RangeKind kMonthRange{&month_of, "may, 1:3, or may:august"};
constexpr RangeKind kYearRange{&number_of, "2026, or 2026:2028"};

bool read_range(const Value& value, Range& into, const RangeKind& kind) {
  std::string text;
  if (!value.read_text(text)) return false;
  const std::string written = lowered(text);
  const std::size_t colon = written.find(':');
  const auto first = kind.member(std::string_view(written).substr(0, colon));
  const auto last = colon == std::string::npos ? first : kind.member(std::string_view(written).substr(colon + 1));
  if (!first || !last) {
    return value.refuse(shown_value(text) + " cannot be read: write " + std::string(kind.examples));
  }
  into = {*first, *last};
  return true;
}

bool read_ranges(const Value& value, TimeInterval::Ranges& into, const RangeKind& kind) {
  const auto list = value.read_list();
  if (!list) return false;
  bool all_sound = true;
  if (value.node().kind == NodeKind::kNull) return true;
  into.emplace();
  for (const Value& each : *list) all_sound = read_range(each, into->emplace_back(), kind) && all_sound;
  return all_sound;
}

}  // namespace

bool read_time_of_day(const Value& value, int& into) {
  std::string text;
  if (!value.read_text(text)) return false;
  const bool shaped = text.size() == 5 && text[2] == ':';
  const auto hours = shaped ? parse_whole_number(std::string_view(text).substr(0, 2)) : std::nullopt;
  const auto minutes = shaped ? parse_whole_number(std::string_view(text).substr(3)) : std::nullopt;
  const bool sound = hours && minutes && *minutes < 60 && (*hours < 24 || (*hours == 24 && *minutes == 0));
  if (!sound) return value.refuse(shown_value(text) + " is no time of day: write HH:MM, from 00:00 to 24:00");
  into = static_cast<int>(*hours * 60 + *minutes);
  return true;
}

bool read_weekdays(const Value& value, std::vector<int>& into) {
  constexpr int kDays = 7;
  TimeInterval::Ranges ranges;
  if (!read_ranges(value, ranges, kWeekdayRange)) return false;
  if (!ranges) return true;
  for (const Range& range : *ranges) {
    const int count = (range.last - range.first + kDays) % kDays + 1;
    for (int i = 0; i < count; ++i) into.push_back((range.first + i) % kDays);
  }
  return true;
}

namespace {

struct TimeRange {
  std::optional<int> start;
  std::optional<int> end;
};

constexpr std::array kTimeFields{
    Field<TimeRange>{"start_time", [](const Value& value,
                                      TimeRange& range) { return read_time_of_day(value, range.start.emplace()); }},
    Field<TimeRange>{"end_time",
                     [](const Value& value, TimeRange& range) { return read_time_of_day(value, range.end.emplace()); }},
};

bool read_times(const Value& value, IntervalReading& reading) {
  const auto list = value.read_list();
  if (!list) return false;
  if (value.node().kind == NodeKind::kNull) return true;
  reading.into.times.emplace();
  bool all_sound = true;
  for (const Value& each : *list) {
    TimeRange range;
    if (!read_fields<TimeRange>(each, kTimeFields, range)) {
      all_sound = false;
    } else if (!range.start || !range.end) {
      all_sound = each.refuse("needs both start_time and end_time");
    } else {
      reading.into.times->push_back({*range.start, *range.end});
    }
  }
  return all_sound;
}

template <TimeInterval::Ranges TimeInterval::*kRanges, const RangeKind& kKind>
bool read_part(const Value& value, IntervalReading& reading) {
  return read_ranges(value, reading.into.*kRanges, kKind);
}

constexpr std::array kIntervalFields{
    Field<IntervalReading>{"times", &read_times},
    Field<IntervalReading>{"weekdays", &read_part<&TimeInterval::weekdays, kWeekdayRange>},
    Field<IntervalReading>{"days_of_month", &read_part<&TimeInterval::days_of_month, kDayRange>},
    Field<IntervalReading>{"months", &read_part<&TimeInterval::months, kMonthRange>},
    Field<IntervalReading>{"years", &read_part<&TimeInterval::years, kYearRange>},
    Field<IntervalReading>{
        "location",
        [](const Value& value, IntervalReading& reading) { return value.read_free_text(reading.into.location); }},
};

bool read_interval(const Value& value, IntervalReading reading) {
  return read_fields<IntervalReading>(value, kIntervalFields, reading) &&
         value.accept(reading.draft.language.check_time_interval(reading.into));
}

constexpr std::array kNamedFields{
    Field<Reading<NamedTimeInterval>>{
        "name",
        [](const Value& value, Reading<NamedTimeInterval>& reading) { return value.read_text(reading.into.name); }},
    Field<Reading<NamedTimeInterval>>{"time_intervals",
                                      [](const Value& value, Reading<NamedTimeInterval>& reading) {
                                        return read_items(value, reading.into.intervals, reading.draft, &read_interval);
                                      }},
};

using WindowReading = Reading<MaintenanceWindow>;

constexpr std::array kWindowFields{
    Field<WindowReading>{"name",
                         [](const Value& value, WindowReading& reading) { return value.read_text(reading.into.name); }},
    Field<WindowReading>{"schedule",
                         [](const Value& value, WindowReading& reading) {
                           return read_items(value, reading.into.schedule, reading.draft, &read_interval);
                         }},
    Field<WindowReading>{"matchers",
                         [](const Value& value, WindowReading& reading) {
                           return read_matchers(value, reading.into.matchers, reading.draft);
                         }},
    Field<WindowReading>{"comment", [](const Value& value,
                                       WindowReading& reading) { return value.read_free_text(reading.into.comment); }},
};

}  // namespace

bool read_named_time_interval(const Value& value, Reading<NamedTimeInterval> reading) {
  const bool sound = read_fields<Reading<NamedTimeInterval>>(value, kNamedFields, reading);
  return (!reading.into.name.empty() || value.refuse("needs a name, which routes call it by")) && sound;
}

bool read_maintenance_window(const Value& value, WindowReading reading) {
  bool sound = read_fields<WindowReading>(value, kWindowFields, reading);
  if (reading.into.name.empty()) sound = value.refuse("needs a name, which people are told");
  if (sound && reading.into.schedule.empty())
    sound = value.refuse("needs a schedule: without one it would never begin");
  return sound;
}

}  // namespace sonde::config
