#include "oncall/layer.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace sonde::oncall {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::local_days;
using std::chrono::minutes;

constexpr int kMinutesOfDay = 24 * 60;

/// Hours of one day, ready as moments.
struct Hours {
  WallTime begins_at;
  WallTime ends_at;
};

bool has_weekday(const Restriction& restriction, local_days day) {
  const int weekday = static_cast<int>(std::chrono::weekday(day).c_encoding());
  return restriction.weekdays.empty() || std::ranges::find(restriction.weekdays, weekday) != restriction.weekdays.end();
}

Hours hours_of(const Restriction& restriction, local_days day, const TimeZone& zone) {
  const bool is_over_midnight = restriction.end_minute <= restriction.first_minute;
  const local_days last = is_over_midnight ? day + days{1} : day;
  return {zone.from_local(day + minutes{restriction.first_minute}),
          zone.from_local(last + minutes{restriction.end_minute})};
}

Result<> check(const Restriction& restriction) {
  const auto refuse = [](std::string what) { return Error{Code::kBadInput, std::move(what)}; };
  const auto is_minute = [](int minute) { return 0 <= minute && minute <= kMinutesOfDay; };
  const auto is_weekday = [](int weekday) { return 0 <= weekday && weekday <= 6; };
  if (!is_minute(restriction.first_minute) || !is_minute(restriction.end_minute)) {
    return refuse("hours must be from 00:00 to 24:00");
  }
  if (restriction.first_minute == kMinutesOfDay)
    return refuse("hours cannot begin at 24:00: that is 00:00 of the next day");
  if (!std::ranges::all_of(restriction.weekdays, is_weekday)) return refuse("a weekday must be from 0, Sunday, to 6");
  return Ok{};
}

}  // namespace

Result<CompiledLayer> CompiledLayer::compile(const Layer& layer, const TimeZone& zone, const RotationPlace* place) {
  for (const Restriction& restriction : layer.restrictions) SONDE_TRY(check(restriction));
  CompiledLayer compiled(layer, zone, SONDE_TRY(Turns::compile(layer.rotation, zone, place)));
  if (!layer.ends_at) return compiled;
  if (*layer.ends_at <= layer.rotation.start) return Error{Code::kBadInput, "it must end after it starts"};
  compiled.ends_at_ = zone.from_local(*layer.ends_at);
  return compiled;
}

bool CompiledLayer::is_within_hours(WallTime at) const {
  if (restrictions_.empty()) return true;
  const auto today = floor<days>(zone_.to_local(at));
  const auto holds = [&](const Restriction& restriction) {
    // Hours over midnight began yesterday. Where clocks go back over midnight, those of tomorrow may have begun.
    for (local_days day = today - days{2}; day <= today + days{1}; day += days{1}) {
      if (!has_weekday(restriction, day)) continue;
      const Hours hours = hours_of(restriction, day, zone_);
      if (hours.begins_at <= at && at < hours.ends_at) return true;
    }
    return false;
  };
  return std::ranges::any_of(restrictions_, holds);
}

const std::string* CompiledLayer::person_at(WallTime at) const {
  if (ends_at_ && at >= *ends_at_) return nullptr;
  const std::optional<std::int64_t> number = turns_.number_at(at);
  if (!number || !is_within_hours(at)) return nullptr;
  return &turns_.person_of(*number);
}

void CompiledLayer::add_moments(WallTime from, WallTime to, std::vector<WallTime>& into) const {
  if (ends_at_) to = std::min(to, *ends_at_ + WallTime::duration{1});
  const auto add = [&](WallTime at) {
    if (from < at && at < to) into.push_back(at);
  };
  if (ends_at_) add(*ends_at_);
  const std::optional<std::int64_t> first = turns_.number_at(from);
  std::int64_t number = first ? *first + 1 : 0;
  for (WallTime begin = turns_.begin_of(number); begin < to; begin = turns_.begin_of(++number)) add(begin);
  if (restrictions_.empty() || from >= to) return;
  const auto last = floor<days>(zone_.to_local(to)) + days{1};
  for (local_days day = floor<days>(zone_.to_local(from)) - days{2}; day <= last; day += days{1}) {
    for (const Restriction& restriction : restrictions_) {
      if (!has_weekday(restriction, day)) continue;
      const Hours hours = hours_of(restriction, day, zone_);
      add(hours.begins_at);
      add(hours.ends_at);
    }
  }
}

}  // namespace sonde::oncall
