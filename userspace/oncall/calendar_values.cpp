#include "oncall/calendar_values.h"

#include <libical/ical.h>

#include <string_view>
#include <utility>

namespace sonde::oncall {
namespace {

using std::chrono::hours;
using std::chrono::local_days;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::year;

struct PropertyFree {
  void operator()(icalproperty* property) const noexcept { icalproperty_free(property); }
};
using Property = std::unique_ptr<icalproperty, PropertyFree>;

struct IteratorFree {
  void operator()(icalrecur_iterator* iterator) const noexcept { icalrecur_iterator_free(iterator); }
};
using Iterator = std::unique_ptr<icalrecur_iterator, IteratorFree>;

/// Null if libical finds that the line is wrong.
Property parse(const std::string& text) {
  // Its errors would end the process by default, as the library is built.
  static const bool kReturnsErrors = [] {
    icalerror_set_errors_are_fatal(0);
    return true;
  }();
  static_cast<void>(kReturnsErrors);
  return Property(icalproperty_new_from_string(text.c_str()));
}

std::optional<LocalTime> local_time_of(const icaltimetype& time) {
  constexpr int kFirstYear = 1970;
  constexpr int kLastYear = 2199;
  if (time.year < kFirstYear || time.year > kLastYear || time.month < 1 || time.day < 1) return std::nullopt;
  const auto date = year{time.year} / time.month / time.day;
  if (!date.ok()) return std::nullopt;
  if (time.is_date != 0) return LocalTime{local_days{date}};
  if (time.hour < 0 || time.hour > 23 || time.minute < 0 || time.minute > 59 || time.second < 0 || time.second > 60) {
    return std::nullopt;
  }
  return local_days{date} + hours{time.hour} + minutes{time.minute} + seconds{time.second};
}

std::optional<CalendarTime> time_of(const icaltimetype& time) {
  const std::optional<LocalTime> local = local_time_of(time);
  if (!local) return std::nullopt;
  return CalendarTime{.local = *local, .is_date = time.is_date != 0, .is_utc = icaltime_is_utc(time) != 0};
}

icaltimetype floating_time_of(const CalendarTime& time) {
  const auto day = std::chrono::floor<std::chrono::days>(time.local);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<seconds>(time.local - day));
  icaltimetype floating = icaltime_null_time();
  floating.year = static_cast<int>(date.year());
  floating.month = static_cast<int>(static_cast<unsigned>(date.month()));
  floating.day = static_cast<int>(static_cast<unsigned>(date.day()));
  floating.is_date = time.is_date ? 1 : 0;
  if (time.is_date) return floating;
  floating.hour = static_cast<int>(clock.hours().count());
  floating.minute = static_cast<int>(clock.minutes().count());
  floating.second = static_cast<int>(clock.seconds().count());
  return floating;
}

std::optional<CalendarTime> time_of(icalproperty* property) {
  const icalvalue* value = icalproperty_get_value(property);
  if (value == nullptr) return std::nullopt;
  const icalvalue_kind kind = icalvalue_isa(value);
  if (kind != ICAL_DATE_VALUE && kind != ICAL_DATETIME_VALUE) return std::nullopt;
  std::optional<CalendarTime> time = time_of(icalvalue_get_datetime(value));
  icalparameter* zone = icalproperty_get_first_parameter(property, ICAL_TZID_PARAMETER);
  const char* name = zone == nullptr ? nullptr : icalparameter_get_tzid(zone);
  if (time && name != nullptr && !time->is_utc) time->time_zone = name;
  return time;
}

/// The property without its value, "EXDATE;TZID=Europe/Berlin:", and where that begins; quotes may hold a colon.
std::size_t value_begin(std::string_view text) {
  bool is_quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '"') is_quoted = !is_quoted;
    if (text[at] == ':' && !is_quoted) return at + 1;
  }
  return text.size();
}

}  // namespace

Result<CalendarTime> read_time(const ContentLine& line) {
  const Property property = parse(line.text);
  const std::optional<CalendarTime> time = property == nullptr ? std::nullopt : time_of(property.get());
  if (time) return *time;
  return fault_at(line.number, line.name + " is no date or time of the years 1970 to 2199, such as 20260601T090000Z");
}

Result<std::vector<CalendarTime>> read_times(const ContentLine& line) {
  const std::size_t begin = value_begin(line.text);
  const std::string head = line.text.substr(0, begin);
  std::string_view values = std::string_view(line.text).substr(begin);
  std::vector<CalendarTime> times;
  while (true) {
    const std::size_t comma = values.find(',');
    times.push_back(SONDE_TRY(read_time({line.number, line.name, head + std::string(values.substr(0, comma))})));
    if (comma == std::string_view::npos) return times;
    values.remove_prefix(comma + 1);
  }
}

Result<CalendarLength> read_length(const ContentLine& line) {
  constexpr std::int64_t kLongestDays = 366;
  const Property property = parse(line.text);
  const icalvalue* value = property == nullptr ? nullptr : icalproperty_get_value(property.get());
  if (value == nullptr || icalvalue_isa(value) != ICAL_DURATION_VALUE) {
    return fault_at(line.number, "DURATION is no length of time, such as PT8H or P1D");
  }
  const icaldurationtype length = icalvalue_get_duration(value);
  const std::int64_t days = std::int64_t{length.weeks} * 7 + length.days;
  const std::int64_t passed =
      (std::int64_t{length.hours} * 60 + length.minutes) * 60 + static_cast<std::int64_t>(length.seconds);
  if (length.is_neg != 0 || days > kLongestDays || passed > kLongestDays * 24 * 60 * 60) {
    return fault_at(line.number, "DURATION must be from nothing to a year");
  }
  return CalendarLength{.by_clock = std::chrono::days{days}, .exact = seconds{passed}};
}

Result<std::string> read_words(const ContentLine& line) {
  const Property property = parse(line.text);
  const icalvalue* value = property == nullptr ? nullptr : icalproperty_get_value(property.get());
  const char* words = value == nullptr || icalvalue_isa(value) != ICAL_TEXT_VALUE ? nullptr : icalvalue_get_text(value);
  if (words == nullptr) return fault_at(line.number, line.name + " is no text");
  return std::string(words);
}

struct Repetition::Rule {
  Property property;  // which owns what the iterator's rule points to
  Iterator iterator;
  std::optional<CalendarTime> until;
  std::optional<int> left;  // of COUNT
};

Repetition::Repetition(std::unique_ptr<Rule> rule) : rule_(std::move(rule)) {}
Repetition::Repetition(Repetition&&) noexcept = default;
Repetition& Repetition::operator=(Repetition&&) noexcept = default;
Repetition::~Repetition() = default;

namespace {

/// What no shift needs, and would take long to follow.
Result<> check_rule(const icalrecurrencetype& rule, const ContentLine& line) {
  const auto refuse = [&](std::string what) { return fault_at(line.number, std::move(what)); };
  const auto has = [](const auto& conditions) { return conditions[0] != ICAL_RECURRENCE_ARRAY_MAX; };
  const bool has_times = has(rule.by_second) || has(rule.by_minute);
  const bool has_days = has(rule.by_day) || has(rule.by_month_day) || has(rule.by_year_day) || has(rule.by_week_no);
  const bool has_others = has(rule.by_hour) || has(rule.by_month) || has(rule.by_set_pos);
  if (rule.rscale != nullptr) return refuse("RRULE with RSCALE is not supported: write one without it");
  if (rule.freq < ICAL_HOURLY_RECURRENCE || rule.freq > ICAL_YEARLY_RECURRENCE) {
    return refuse("RRULE must have FREQ=HOURLY, DAILY, WEEKLY, MONTHLY or YEARLY");
  }
  if (rule.freq == ICAL_HOURLY_RECURRENCE && (has_times || has_days || has_others)) {
    return refuse("RRULE with FREQ=HOURLY cannot have conditions (BY...): write it with FREQ=DAILY and BYHOUR");
  }
  if (has_times) return refuse("RRULE with BYMINUTE or BYSECOND is not supported");
  if (rule.interval < 1 || rule.count < 0) return refuse("RRULE must have an INTERVAL and COUNT from 1");
  return Ok{};
}

}  // namespace

Result<Repetition> Repetition::read(const ContentLine& line, const CalendarTime& start, LocalTime end) {
  constexpr std::chrono::days kMargin{3};  // more than places on earth are apart
  const auto refuse = [&](std::string what) { return fault_at(line.number, std::move(what)); };
  auto rule = std::make_unique<Rule>();
  rule->property = parse(line.text);
  const icalvalue* value = rule->property == nullptr ? nullptr : icalproperty_get_value(rule->property.get());
  if (value == nullptr || icalvalue_isa(value) != ICAL_RECUR_VALUE) return refuse("RRULE is no rule of recurrence");
  icalrecurrencetype recurrence = icalvalue_get_recur(value);
  SONDE_TRY(check_rule(recurrence, line));
  if (icaltime_is_null_time(recurrence.until) == 0) {
    rule->until = time_of(recurrence.until);
    if (!rule->until) return refuse("UNTIL must lie in the years 1970 to 2199");
    if (rule->until->local < end) end = rule->until->local;
  }
  if (recurrence.count > 0) rule->left = recurrence.count;
  recurrence.count = 0;  // libical takes COUNT or UNTIL, not both
  recurrence.until = floating_time_of({.local = end + kMargin});
  rule->iterator.reset(icalrecur_iterator_new(recurrence, floating_time_of(start)));
  if (rule->iterator == nullptr) return refuse("RRULE is no rule of recurrence that can be followed");
  return Repetition(std::move(rule));
}

std::optional<LocalTime> Repetition::next() {
  if (rule_->left && (*rule_->left)-- <= 0) return std::nullopt;
  return local_time_of(icalrecur_iterator_next(rule_->iterator.get()));
}

const std::optional<CalendarTime>& Repetition::until() const { return rule_->until; }

}  // namespace sonde::oncall
