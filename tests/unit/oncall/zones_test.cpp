// Invariant G: the end of a shift is the start of the next, in every zone of the time zone database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "oncall/schedule_book.h"
#include "unit/oncall/sample_plan.h"

namespace sonde::oncall {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;

constexpr const char* kDatabase = "/usr/share/zoneinfo/tzdata.zi";
constexpr const char* kFrom = "2020-01-01T00:00Z";
constexpr const char* kTo = "2030-01-01T00:00Z";

std::vector<std::string> zones_of_the_database() {
  std::vector<std::string> names;
  std::ifstream file(kDatabase);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string kind;
    std::string name;
    // "Factory" is what a computer has that was told of no zone.
    if (words >> kind >> name && kind == "Z" && name != "Factory") names.push_back(name);
  }
  return names;
}

/// Days on which the clocks of a zone are changed.
std::vector<WallTime> changes_of(const TimeZone& zone) {
  std::vector<WallTime> found;
  const auto offset = [&](WallTime at) { return zone.to_local(at).time_since_epoch() - at.time_since_epoch(); };
  for (WallTime day = utc(kFrom); day < utc(kTo); day += days{1}) {
    if (offset(day) != offset(day + days{1})) found.push_back(day);
  }
  return found;
}

std::int64_t seconds_of(WallTime at) { return std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count(); }

/// Of a shift: it has no negative length, and begins when the clocks show its time for the first moment.
void check_shift(const Turns& taken, const TimeZone& zone, std::int64_t number, LocalTime meant) {
  const WallTime begin = taken.begin_of(number);
  const WallTime end = taken.begin_of(number + 1);
  ASSERT_LE(begin, end) << number;
  if (begin == end) return;  // skipped by the clocks
  ASSERT_EQ(taken.number_at(begin), number);
  ASSERT_EQ(taken.number_at(end - 1ns), number);
  if (zone.to_local(begin) == meant) return;
  ASSERT_GT(zone.to_local(begin), meant) << "only a time that does not exist begins later";
  ASSERT_LT(zone.to_local(begin - 1ns), meant);
}

LocalTime meant_begin(const Rotation& rotation, std::int64_t number) {
  const std::int64_t units = number * rotation.length;
  const auto plain = [&](std::chrono::hours unit) { return rotation.start + unit * units; };
  switch (rotation.unit) {
    case ShiftUnit::kHour:
      return plain(1h);
    case ShiftUnit::kDay:
      return plain(24h);
    case ShiftUnit::kWeek:
      return plain(24h * 7);
    case ShiftUnit::kMonth:
      break;
  }
  // Tests start on the 1st at 02:30, which every month has.
  const std::chrono::year_month_day first(std::chrono::floor<days>(rotation.start));
  const auto month = first.year() / first.month() + std::chrono::months{units};
  return std::chrono::local_days{month / 1} + 2h + 30min;
}

void check_shifts(const Rotation& rotation, const TimeZone& zone, WallTime from, WallTime to) {
  const Turns taken = *Turns::compile(rotation, zone);
  const std::int64_t first = taken.number_at(from).value_or(0);
  for (std::int64_t number = first; taken.begin_of(number) < to; ++number) {
    check_shift(taken, zone, number, meant_begin(rotation, number));
    if (testing::Test::HasFatalFailure()) return;
  }
}

/// Whoever is on call at each step is who the preview of that time says.
void check_preview(const Rotation& rotation, const std::string& location, WallTime from, WallTime to) {
  const Plan one = plan({{.name = "turns", .rotation = rotation, .restrictions = {}},
                         always("hours", "cyd", {{.weekdays = {0, 1, 4}, .first_minute = 1320, .end_minute = 150}})},
                        location);
  const ScheduleBook compiled = book(one);
  const std::vector<Shift> preview = compiled.shifts("primary", from, to);
  ASSERT_EQ(preview.front().starts_at, from);
  ASSERT_EQ(preview.back().ends_at, to);
  auto shift = preview.begin();
  for (WallTime at = from; at < to; at += 15min) {
    while (at >= shift->ends_at) {
      ASSERT_EQ(shift->ends_at, (shift + 1)->starts_at);
      ++shift;
    }
    ASSERT_LE(shift->starts_at, at);
    ASSERT_EQ(compiled.on_call("primary", at).person, shift->person) << location;
  }
}

constexpr std::array kUnits{ShiftUnit::kHour, ShiftUnit::kDay, ShiftUnit::kWeek, ShiftUnit::kMonth};

Rotation rotation_of(ShiftUnit unit, std::uint32_t length) {
  return rotation({"ann", "bob", "cyd"}, unit, length, "2020-01-01T02:30");
}

// The last day of February and the like: rotation_test.cpp.
TEST(Zones, D17_every_zone_has_ten_years_without_gap_or_overlap) {
  const std::vector<std::string> names = zones_of_the_database();
  ASSERT_GT(names.size(), 300U);
  for (const std::string& name : names) {
    SCOPED_TRACE(name);
    const TimeZone there = zone(name);
    const std::vector<WallTime> clock_changes = changes_of(there);
    for (std::uint32_t length = 1; length <= 3; ++length) {
      for (const ShiftUnit unit : {ShiftUnit::kDay, ShiftUnit::kWeek, ShiftUnit::kMonth}) {
        check_shifts(rotation_of(unit, length), there, utc(kFrom), utc(kTo));
      }
      // Between changes of the clocks one hour is like another.
      for (const WallTime day : clock_changes) {
        check_shifts(rotation_of(ShiftUnit::kHour, length), there, day - days{1}, day + days{2});
      }
    }
    ASSERT_FALSE(HasFatalFailure());
  }
}

TEST(Zones, D17_who_is_on_call_is_who_the_preview_says_around_every_change_of_the_clocks) {
  std::size_t turn = 0;
  for (const std::string& name : zones_of_the_database()) {
    SCOPED_TRACE(name);
    for (const WallTime day : changes_of(zone(name))) {
      const ShiftUnit unit = kUnits[turn % kUnits.size()];
      const auto length = static_cast<std::uint32_t>(turn / kUnits.size() % 3 + 1);
      check_preview(rotation_of(unit, length), name, day - 12h, day + 48h);
      ASSERT_FALSE(HasFatalFailure());
      ++turn;
    }
  }
  EXPECT_GT(turn, 1000U);
}

class EveryHalfMinute : public testing::TestWithParam<const char*> {};

// As GoAlert tests its rotations: every 30 seconds of two years lie in the shift that began last, and every hand-off is
// at its time by the clocks. Where nothing happens for hours, one look each quarter of an hour is enough.
TEST_P(EveryHalfMinute, of_two_years_is_in_one_shift) {
  const TimeZone there = zone(GetParam());
  const Turns taken = turns(rotation({"ann", "bob"}, ShiftUnit::kDay, 1, "2025-12-31T02:15"), GetParam());
  const std::vector<WallTime> clock_changes = changes_of(there);
  std::int64_t number = *taken.number_at(utc("2026-01-02T00:00Z"));
  WallTime begin = taken.begin_of(number);
  WallTime end = taken.begin_of(number + 1);
  int hand_offs = 0;
  std::int64_t look_closely_until_s = 0;
  // Plain numbers: this is walked two million times, in builds that do not optimise.
  std::int64_t end_s = seconds_of(end);
  const std::int64_t last_s = seconds_of(utc("2028-01-02T00:00Z"));
  for (std::int64_t at_s = seconds_of(utc("2026-01-02T00:00Z")); at_s < last_s; at_s += 30) {
    if (at_s >= end_s) {
      ++hand_offs;
      ++number;
      check_shift(taken, there, number, local("2025-12-31T02:15") + days{number});
      ASSERT_EQ(end, taken.begin_of(number));
      begin = end;
      end = taken.begin_of(number + 1);
      end_s = seconds_of(end);
      look_closely_until_s =
          std::ranges::any_of(clock_changes, [&](WallTime day) { return day < end && begin < day + days{1}; })
              ? end_s
              : at_s + 600;
    }
    if (at_s >= look_closely_until_s && end_s - at_s > 600 && at_s % 900 != 0) continue;
    if (taken.number_at(WallTime{std::chrono::seconds{at_s}}) != number) FAIL() << at_s;
  }
  EXPECT_NEAR(hand_offs, 730, 1);
}

INSTANTIATE_TEST_SUITE_P(Zones, EveryHalfMinute,
                         testing::Values("UTC", "America/Chicago", "Europe/Berlin", "Australia/Lord_Howe",
                                         "America/Santiago", "Africa/Casablanca"));

}  // namespace
}  // namespace sonde::oncall
