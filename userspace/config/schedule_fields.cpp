#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time_zone.h"
#include "config/routing_draft.h"
#include "config/spelling.h"

namespace sonde::config {
namespace {

using oncall::Layer;
using oncall::Restriction;
using oncall::Schedule;
using oncall::ShiftUnit;
using LayerReading = Reading<Layer>;
using HoursReading = Reading<Restriction>;
using ScheduleReading = Reading<Schedule>;

struct UnitWord {
  std::string_view word;
  ShiftUnit unit;
};

constexpr std::array kUnits{UnitWord{"h", ShiftUnit::kHour}, UnitWord{"d", ShiftUnit::kDay},
                            UnitWord{"w", ShiftUnit::kWeek}, UnitWord{"mo", ShiftUnit::kMonth}};

bool read_every(const Value& value, LayerReading& reading) {
  constexpr std::uint64_t kMost = 9000;
  std::string text;
  if (!value.read_text(text)) return false;
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto count = parse_whole_number(std::string_view(text).substr(0, digits));
  const auto unit = std::ranges::find(kUnits, std::string_view(text).substr(digits), &UnitWord::word);
  if (!count || unit == kUnits.end() || *count < 1 || *count > kMost) {
    return value.refuse(shown_value(text) +
                        " is no length of a shift: write 12h, 1d, 1w or 1mo, with a number from 1 to 9000");
  }
  reading.into.rotation.unit = unit->unit;
  reading.into.rotation.length = static_cast<std::uint32_t>(*count);
  return true;
}

/// "2026-01-05T09:00"
std::optional<LocalTime> parse_local_time(std::string_view text) {
  constexpr std::string_view kShape = "0000-00-00T00:00";
  if (text.size() != kShape.size()) return std::nullopt;
  std::array<int, 5> numbers{};
  std::size_t found = 0;
  for (std::size_t at = 0; at < kShape.size(); ++at) {
    const bool is_digit = '0' <= text[at] && text[at] <= '9';
    if (kShape[at] != '0') ++found;
    if (kShape[at] == '0' ? !is_digit : text[at] != kShape[at]) return std::nullopt;
    if (is_digit) numbers[found] = numbers[found] * 10 + (text[at] - '0');
  }
  const auto [year, month, day, hour, minute] = numbers;
  const auto date = std::chrono::year{year} / month / day;
  if (!date.ok() || year < 1970 || year > 2199 || hour > 23 || minute > 59) return std::nullopt;
  return std::chrono::local_days{date} + std::chrono::hours{hour} + std::chrono::minutes{minute};
}

bool read_local_time(const Value& value, LocalTime& into) {
  std::string text;
  if (!value.read_text(text)) return false;
  const auto time = parse_local_time(text);
  if (!time) {
    return value.refuse(shown_value(text) + " is no date and time by the schedule's clocks, from 1970 to 2199: write " +
                        "2026-01-05T09:00");
  }
  into = *time;
  return true;
}

struct HoursDraft {
  Restriction& into;
  std::optional<int> from;
  std::optional<int> to;
};

constexpr std::array kHoursFields{
    Field<HoursDraft>{"weekdays",
                      [](const Value& value, HoursDraft& hours) { return read_weekdays(value, hours.into.weekdays); }},
    Field<HoursDraft>{
        "from", [](const Value& value, HoursDraft& hours) { return read_time_of_day(value, hours.from.emplace()); }},
    Field<HoursDraft>{
        "to", [](const Value& value, HoursDraft& hours) { return read_time_of_day(value, hours.to.emplace()); }},
};

bool read_hours(const Value& value, HoursReading reading) {
  constexpr int kMinutesOfDay = 24 * 60;
  HoursDraft hours{.into = reading.into, .from = {}, .to = {}};
  if (!read_fields<HoursDraft>(value, kHoursFields, hours)) return false;
  if (hours.from.has_value() != hours.to.has_value()) return value.refuse("needs both from and to, or neither");
  reading.into.first_minute = hours.from.value_or(0);
  reading.into.end_minute = hours.to.value_or(kMinutesOfDay);
  if (reading.into.first_minute != kMinutesOfDay) return true;
  return value.refuse("cannot be from 24:00: that is 00:00 of the next day");
}

bool read_people(const Value& value, LayerReading& reading) {
  std::vector<std::string>& people = reading.into.rotation.people;
  if (!value.read_texts(people)) return false;
  for (const std::string& person : people) reading.draft.oncall.people.push_back({person, value.spot()});
  return !people.empty() || value.refuse("needs people who take turns");
}

constexpr std::array kLayerFields{
    Field<LayerReading>{"name",
                        [](const Value& value, LayerReading& reading) { return value.read_text(reading.into.name); }},
    Field<LayerReading>{"people", &read_people},
    Field<LayerReading>{"every", &read_every},
    Field<LayerReading>{
        "start",
        [](const Value& value, LayerReading& reading) { return read_local_time(value, reading.into.rotation.start); }},
    Field<LayerReading>{"until",
                        [](const Value& value, LayerReading& reading) {
                          return read_local_time(value, reading.into.ends_at.emplace());
                        }},
    Field<LayerReading>{"hours",
                        [](const Value& value, LayerReading& reading) {
                          return read_items(value, reading.into.restrictions, reading.draft, &read_hours);
                        }},
};

bool check_layer(const Value& value, const Layer& layer) {
  if (layer.name.empty()) return value.refuse("needs a name, which shifts say they come from");
  if (layer.name == "override" || layer.name == "temporary") {
    return value.refuse("cannot be called " + shown_value(layer.name) + ": shifts that people change are called that");
  }
  if (layer.rotation.people.empty()) return value.refuse("needs people who take turns");
  if (layer.rotation.start == LocalTime{}) {
    return value.refuse(
        "needs a start, by the schedule's clocks: the first shift begins then, and every hand-off is at "
        "that time of day");
  }
  if (layer.ends_at && *layer.ends_at <= layer.rotation.start)
    return value.refuse("must have its until after its start");
  return true;
}

bool read_layer(const Value& value, LayerReading reading) {
  return read_fields<LayerReading>(value, kLayerFields, reading) && check_layer(value, reading.into);
}

bool read_layers(const Value& value, ScheduleReading& reading) {
  if (!read_items(value, reading.into.layers, reading.draft, &read_layer)) return false;
  std::vector<std::string> names;
  for (const Layer& layer : reading.into.layers) names.push_back(layer.name);
  refuse_twice(std::move(names), "layers", value.spot(), value.log());
  return true;
}

bool read_zone(const Value& value, ScheduleReading& reading) {
  if (!value.read_text(reading.into.location)) return false;
  const auto zone = TimeZone::load(reading.into.location);
  return zone.has_value() || value.refuse(zone.error().what);
}

constexpr std::array kScheduleFields{
    Field<ScheduleReading>{
        "name", [](const Value& value, ScheduleReading& reading) { return value.read_text(reading.into.name); }},
    Field<ScheduleReading>{"time_zone", &read_zone},
    Field<ScheduleReading>{
        "announce",
        [](const Value& value, ScheduleReading& reading) { return read_yes_no(value, reading.into.announces); }},
    Field<ScheduleReading>{"layers", &read_layers},
};

}  // namespace

bool read_schedule(const Value& value, ScheduleReading reading) {
  if (!read_fields<ScheduleReading>(value, kScheduleFields, reading)) return false;
  if (reading.into.name.empty()) return value.refuse("needs a name, which policies call it by");
  return !reading.into.layers.empty() || value.refuse("needs layers: without one nobody would be on call");
}

}  // namespace sonde::config
