#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "oncall/rotation.h"
#include "oncall/schedule_book.h"
#include "oncall/types.h"

namespace sonde::oncall {

/// "2026-06-01T09:00", by some clocks on a wall; a Z at its end is passed over.
inline LocalTime local(const std::string& text) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  std::sscanf(text.c_str(), "%d-%u-%uT%d:%d:%d", &year, &month, &day, &hour, &minute, &second);
  const auto date = std::chrono::year{year} / static_cast<int>(month) / static_cast<int>(day);
  return std::chrono::local_days{date} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
         std::chrono::seconds{second};
}

/// "2026-06-01T09:00Z"
inline WallTime utc(const std::string& text) { return WallTime{local(text).time_since_epoch()}; }

inline Rotation rotation(std::vector<std::string> people, ShiftUnit unit, std::uint32_t length,
                         const std::string& start) {
  return {.people = std::move(people), .unit = unit, .length = length, .start = local(start)};
}

inline TimeZone zone(const std::string& name) {
  const auto found = TimeZone::load(name);
  EXPECT_TRUE(found) << found.error().what;
  return found ? *found : TimeZone();
}

inline Turns turns(const Rotation& rotation, const std::string& location, const RotationPlace* place = nullptr) {
  auto compiled = Turns::compile(rotation, zone(location), place);
  EXPECT_TRUE(compiled) << compiled.error().what;
  return *std::move(compiled);
}

/// Begins of the shifts from the one at `at` on.
inline std::vector<WallTime> begins(const Turns& turns, const std::string& at, std::int64_t count) {
  std::vector<WallTime> found;
  const std::int64_t first = turns.number_at(utc(at)).value_or(-1);
  for (std::int64_t i = 0; i < count; ++i) found.push_back(turns.begin_of(first + i));
  return found;
}

/// One schedule, "primary", and the people ann, bob and cyd.
inline Plan plan(std::vector<Layer> layers, const std::string& location = "") {
  return {.people = {{"ann", "Ann Lee", {}}, {"bob", "Bob", {}}, {"cyd", "", {}}},
          .schedules = {{.name = "primary", .location = location, .layers = std::move(layers)}},
          .policies = {},
          .catch_all = {}};
}

/// A layer that is one person's from 2026-01-01 on.
inline Layer always(const std::string& name, const std::string& person, std::vector<Restriction> restrictions = {}) {
  return {.name = name,
          .rotation = rotation({person}, ShiftUnit::kWeek, 1, "2026-01-01T00:00"),
          .restrictions = std::move(restrictions)};
}

inline ScheduleBook book(const Plan& plan, const Changes& changes = {}, const std::vector<RotationPlace>& places = {}) {
  auto compiled = ScheduleBook::compile(plan, changes, places);
  EXPECT_TRUE(compiled) << compiled.error().what;
  return *std::move(compiled);
}

inline Override stand_in(const std::string& person, const std::string& from, const std::string& to) {
  return {.id = "11111111-1111-4111-8111-111111111111",
          .schedule = "primary",
          .person = person,
          .replaces = "",
          .starts_at = utc(from),
          .ends_at = utc(to),
          .author = "ann",
          .comment = ""};
}

}  // namespace sonde::oncall
