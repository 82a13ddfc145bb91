#include "oncall/calendar_import.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "oncall/calendar_lines.h"
#include "oncall/calendar_values.h"
#include "oncall/changes.h"
#include "oncall/plan_names.h"

namespace sonde::oncall {
namespace {

constexpr std::size_t kMostRules = 100;
constexpr std::size_t kMostRepetitions = 100'000;  // of a whole calendar, from where its events begin

/// A time of an event, and the clocks it is meant by.
struct ZonedTime {
  CalendarTime time;
  TimeZone zone;

  [[nodiscard]] WallTime wall() const { return zone.from_local(time.local); }
};

/// Where a shift of the calendar stands.
struct FoundPart {
  TemporaryShifts::Part part;
  std::size_t line = 0;
};

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(" \t\n");
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" \t\n") - begin + 1);
}

class CalendarReader {
 public:
  CalendarReader(const CalendarQuestion& question, TimeZone zone) : question_(question), zone_(std::move(zone)) {}

  Result<> read(const CalendarEvent& event) {
    if (event.is_cancelled) return Ok{};
    if (!event.start) return fault_at(event.line, "the event needs DTSTART");
    const ZonedTime start = SONDE_TRY(read_zoned(*event.start));
    const CalendarLength length = SONDE_TRY(length_of(event, start));
    if (!event.rule) return add(event, start, length);
    return add_repetitions(event, start, length);
  }

  Result<std::vector<TemporaryShifts::Part>> finish() && {
    std::ranges::stable_sort(found_, {}, [](const FoundPart& found) { return found.part.starts_at; });
    std::vector<TemporaryShifts::Part> parts;
    for (std::size_t i = 0; i < found_.size(); ++i) {
      if (i > 0 && found_[i].part.starts_at < found_[i - 1].part.ends_at) {
        return fault_at(found_[i].line, "this event overlaps with the one of line " +
                                            std::to_string(found_[i - 1].line) + ": one person at a time is on call");
      }
      parts.push_back(std::move(found_[i].part));
    }
    return parts;
  }

 private:
  Result<ZonedTime> zoned(CalendarTime time, const ContentLine& line) const {
    if (time.is_utc) return ZonedTime{std::move(time), TimeZone()};
    if (time.is_date || time.time_zone.empty()) return ZonedTime{std::move(time), zone_};
    const auto zone = TimeZone::load(time.time_zone);
    if (!zone) return fault_at(line.number, zone.error().what);
    return ZonedTime{std::move(time), *zone};
  }

  Result<ZonedTime> read_zoned(const ContentLine& line) const {
    CalendarTime time = SONDE_TRY(read_time(line));
    return zoned(std::move(time), line);
  }

  Result<CalendarLength> length_of(const CalendarEvent& event, const ZonedTime& start) const {
    if (event.end && event.duration) return fault_at(event.line, "the event has both DTEND and DURATION");
    CalendarLength length{.by_clock = std::chrono::days{1}};
    if (event.duration) length = SONDE_TRY(read_length(*event.duration));
    if (event.end) {
      const ZonedTime end = SONDE_TRY(read_zoned(*event.end));
      if (end.time.is_date != start.time.is_date) {
        return fault_at(event.end->number, "DTSTART and DTEND must be both dates, or both times");
      }
      const bool is_same = end.zone.name() == start.zone.name();
      length.by_clock = is_same ? end.time.local - start.time.local : std::chrono::nanoseconds{0};
      length.exact = is_same ? std::chrono::nanoseconds{0} : end.wall() - start.wall();
    } else if (!event.duration && !start.time.is_date) {
      return fault_at(event.line, "the event needs DTEND or DURATION");
    }
    if (end_of(start, length) <= start.wall()) return fault_at(event.line, "the event must end after it starts");
    return length;
  }

  static WallTime end_of(const ZonedTime& start, const CalendarLength& length) {
    return start.zone.from_local(start.time.local + length.by_clock) + length.exact;
  }

  Result<> add(const CalendarEvent& event, const ZonedTime& start, const CalendarLength& length) {
    const WallTime starts_at = std::max(start.wall(), question_.from);
    const WallTime ends_at = std::min(end_of(start, length), question_.to);
    if (ends_at <= starts_at) return Ok{};
    if (found_.size() == kMostParts) return Error{Code::kLimit, "the calendar has more than 1000 shifts in that time"};
    found_.push_back({{SONDE_TRY(person_of(event)), starts_at, ends_at}, event.line});
    return Ok{};
  }

  Result<> add_repetitions(const CalendarEvent& event, ZonedTime start, const CalendarLength& length) {
    const std::set<WallTime> exceptions = SONDE_TRY(exceptions_of(event));
    if (++rules_ > kMostRules) return Error{Code::kLimit, "more than 100 events of the calendar recur"};
    Repetition repetition = SONDE_TRY(Repetition::read(*event.rule, start.time, start.zone.to_local(question_.to)));
    const std::optional<WallTime> until = until_of(repetition, start.zone);
    while (const std::optional<LocalTime> next = repetition.next()) {
      if (++repetitions_ > kMostRepetitions) {
        return Error{Code::kLimit, fault_at(event.line, "events recur too often since they began").what};
      }
      start.time.local = *next;
      const WallTime at = start.wall();
      if (at >= question_.to || (until && at > *until)) break;
      if (!exceptions.contains(at)) SONDE_TRY(add(event, start, length));
    }
    return Ok{};
  }

  Result<std::set<WallTime>> exceptions_of(const CalendarEvent& event) const {
    std::set<WallTime> exceptions;
    for (const ContentLine& line : event.exceptions) {
      const std::vector<CalendarTime> times = SONDE_TRY(read_times(line));
      for (const CalendarTime& time : times) exceptions.insert(SONDE_TRY(zoned(time, line)).wall());
    }
    return exceptions;
  }

  /// A date is its whole day.
  static std::optional<WallTime> until_of(const Repetition& repetition, const TimeZone& zone) {
    const std::optional<CalendarTime>& until = repetition.until();
    if (!until) return std::nullopt;
    if (until->is_utc) return WallTime{until->local.time_since_epoch()};
    if (!until->is_date) return zone.from_local(until->local);
    return zone.from_local(until->local + std::chrono::days{1}) - WallTime::duration{1};
  }

  Result<std::string> person_of(const CalendarEvent& event) const {
    if (!event.summary) return fault_at(event.line, "the event needs a SUMMARY, which names the person");
    const std::string words = trimmed(SONDE_TRY(read_words(*event.summary)));
    std::vector<std::string> known;
    for (const Person& person : question_.plan.people) {
      if (words == person.name || (words == person.full_name && !words.empty())) return person.name;
      known.push_back(person.name);
      if (!person.full_name.empty()) known.push_back(person.full_name);
    }
    return fault_at(event.summary->number, check_known("person", words, known).error().what);
  }

  const CalendarQuestion& question_;
  TimeZone zone_;
  std::size_t rules_ = 0;
  std::size_t repetitions_ = 0;
  std::vector<FoundPart> found_;
};

}  // namespace

Result<TemporaryShifts> read_calendar(std::string_view text, const CalendarQuestion& question) {
  if (text.size() > kMostCalendarBytes) return Error{Code::kLimit, "the calendar is larger than 1 MiB"};
  const auto schedule = std::ranges::find(question.plan.schedules, question.schedule, &Schedule::name);
  if (schedule == question.plan.schedules.end()) {
    const Result<> known = check_known("schedule", question.schedule, schedules_of(question.plan));
    return Error{Code::kNotFound, known.error().what};
  }
  CalendarReader reader(question, SONDE_TRY(TimeZone::load(schedule->location)));
  const std::vector<CalendarEvent> events = SONDE_TRY(read_events(text));
  for (const CalendarEvent& event : events) SONDE_TRY(reader.read(event));
  return TemporaryShifts{.id = "",
                         .schedule = question.schedule,
                         .starts_at = question.from,
                         .ends_at = question.to,
                         .parts = SONDE_TRY(std::move(reader).finish()),
                         .author = "",
                         .comment = ""};
}

}  // namespace sonde::oncall
