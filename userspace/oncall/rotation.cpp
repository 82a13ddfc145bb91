#include "oncall/rotation.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>
#include <vector>

namespace sonde::oncall {
namespace {

using std::chrono::floor;
using std::chrono::hours;
using std::chrono::local_days;
using std::chrono::year;

constexpr LocalTime kEarliest{local_days{year{1970} / 1 / 1}};
constexpr LocalTime kLatest{local_days{year{2200} / 1 / 1}};
constexpr std::int64_t kMostHours = floor<hours>(kLatest - kEarliest).count();
constexpr std::int64_t kMostMonths = (2200 - 1970) * 12;
constexpr std::uint32_t kMostLength = 9000;

std::int64_t hours_of(ShiftUnit unit) {
  constexpr std::int64_t kHoursOfDay = 24;
  switch (unit) {
    case ShiftUnit::kHour:
      return 1;
    case ShiftUnit::kDay:
      return kHoursOfDay;
    case ShiftUnit::kWeek:
      return 7 * kHoursOfDay;
    case ShiftUnit::kMonth:
      break;  // its length is not always the same
  }
  return 0;
}

/// The same day and time so many months later, or the last day of a month that lacks the day.
LocalTime add_months(LocalTime start, std::int64_t months) {
  const auto day = floor<std::chrono::days>(start);
  const std::chrono::year_month_day date(day);
  const auto month = date.year() / date.month() + std::chrono::months{months};
  const auto last = (month / std::chrono::last).day();
  return local_days{month / std::min(date.day(), last)} + (start - day);
}

std::int64_t months_between(LocalTime start, LocalTime end) {
  const std::chrono::year_month_day first(floor<std::chrono::days>(start));
  const std::chrono::year_month_day last(floor<std::chrono::days>(end));
  return (last.year() / last.month() - first.year() / first.month()).count();
}

std::int64_t modulo(std::int64_t value, std::size_t size) {
  const auto divisor = static_cast<std::int64_t>(size);
  return (value % divisor + divisor) % divisor;
}

/// Where in the new list somebody of the old one stands, by how often they came up to there; none if they left.
std::optional<std::size_t> place_in(const std::vector<std::string>& people, const std::vector<std::string>& old,
                                    std::size_t at) {
  const auto before = std::count(old.begin(), old.begin() + static_cast<std::ptrdiff_t>(at), old[at]);
  std::optional<std::size_t> found;
  std::ptrdiff_t seen = 0;
  for (std::size_t i = 0; i < people.size() && seen <= before; ++i) {
    if (people[i] != old[at]) continue;
    found = i;
    ++seen;
  }
  return found;
}

}  // namespace

Result<Turns> Turns::compile(Rotation rotation, TimeZone zone, const RotationPlace* place) {
  const auto refuse = [](std::string what) { return Error{Code::kBadInput, std::move(what)}; };
  if (rotation.people.empty()) return refuse("a rotation needs people");
  if (rotation.length < 1 || rotation.length > kMostLength) {
    return refuse("a shift must be from 1 to 9000 " + std::string(name_of(rotation.unit)) + "s long");
  }
  if (rotation.start < kEarliest || rotation.start >= kLatest) {
    return refuse("a rotation must start in the years 1970 to 2199");
  }
  Turns turns(std::move(rotation), std::move(zone));
  turns.first_begin_ = turns.zone_.from_local(turns.rotation_.start);
  const std::vector<std::string>& people = turns.rotation_.people;
  if (place != nullptr && place->people == people) {
    turns.ahead_ = modulo(place->position, people.size()) - modulo(place->shift, people.size());
  }
  return turns;
}

LocalTime Turns::local_begin_of(std::int64_t number) const {
  const std::int64_t units = std::clamp<std::int64_t>(number, 0, kMostHours) * rotation_.length;
  if (rotation_.unit == ShiftUnit::kMonth) {
    return units > kMostMonths ? kLatest : std::min(kLatest, add_months(rotation_.start, units));
  }
  const std::int64_t length_hours = units * hours_of(rotation_.unit);
  return length_hours > kMostHours ? kLatest : std::min(kLatest, rotation_.start + hours{length_hours});
}

WallTime Turns::begin_of(std::int64_t number) const { return zone_.from_local(local_begin_of(number)); }

std::int64_t Turns::estimate(LocalTime at) const {
  if (rotation_.unit == ShiftUnit::kMonth) return months_between(rotation_.start, at) / rotation_.length;
  return (at - rotation_.start) / hours{hours_of(rotation_.unit) * rotation_.length};
}

std::optional<std::int64_t> Turns::number_at(WallTime at) const {
  if (at < first_begin_) return std::nullopt;
  at = std::min(at, WallTime{(kLatest - std::chrono::days{2}).time_since_epoch()});
  std::int64_t number = std::max<std::int64_t>(0, estimate(zone_.to_local(at)));
  // The clocks may have been changed since the shift began, and a month may be too short for its day.
  while (number > 0 && begin_of(number) > at) --number;
  while (begin_of(number + 1) <= at) ++number;
  return number;
}

const std::string& Turns::person_of(std::int64_t number) const {
  const std::size_t size = rotation_.people.size();
  return rotation_.people[static_cast<std::size_t>(modulo(modulo(number, size) + ahead_, size))];
}

RotationPlace adapt(const RotationPlace& place, const Turns& turns, WallTime now) {
  const std::vector<std::string>& people = turns.rotation().people;
  if (place.people == people) return place;
  RotationPlace adapted{.schedule = place.schedule, .layer = place.layer, .shift = 0, .position = 0, .people = people};
  const std::optional<std::int64_t> number = turns.number_at(now);
  if (!number || place.people.empty()) return adapted;
  adapted.shift = *number;
  const std::size_t size = place.people.size();
  const std::int64_t current =
      modulo(modulo(*number, size) - modulo(place.shift, size) + modulo(place.position, size), size);
  for (std::size_t i = 0; i < size; ++i) {
    const auto next = static_cast<std::size_t>(modulo(current + static_cast<std::int64_t>(i), size));
    const std::optional<std::size_t> found = place_in(people, place.people, next);
    if (!found) continue;
    adapted.position = static_cast<std::uint32_t>(*found);
    break;
  }
  return adapted;
}

}  // namespace sonde::oncall
