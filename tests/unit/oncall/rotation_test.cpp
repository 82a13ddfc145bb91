#include "oncall/rotation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "unit/oncall/sample_plan.h"

namespace sonde::oncall {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string kChicago = "America/Chicago";

/// Rows of "a rotation hands off at these times": the vectors of GoAlert's rotation_test.go, and our own scenarios.
struct HandOffs {
  const char* name;
  const char* location;
  ShiftUnit unit;
  std::uint32_t length;
  const char* start;
  std::vector<std::string> at;
};

class RotationHandsOff : public testing::TestWithParam<HandOffs> {};

TEST_P(RotationHandsOff, at_the_times_of_the_clocks) {
  const HandOffs& row = GetParam();
  const Turns taken = turns(rotation({"ann", "bob"}, row.unit, row.length, row.start), row.location);
  std::int64_t number = taken.number_at(utc(row.at.front())).value_or(-1);
  for (const std::string& at : row.at) {
    EXPECT_EQ(taken.begin_of(number), utc(at)) << at;
    EXPECT_LT(taken.number_at(utc(at) - 1ns).value_or(-1), number) << at;
    // A shift that the clocks skip has a number of its own.
    while (taken.begin_of(number + 1) == utc(at)) ++number;
    EXPECT_EQ(taken.number_at(utc(at)), number) << at;
    ++number;
  }
}

INSTANTIATE_TEST_SUITE_P(Rotation, RotationHandsOff,
                         testing::Values(HandOffs{"D01_daily_over_the_end_of_summer_time",
                                                  "America/Chicago",
                                                  ShiftUnit::kDay,
                                                  1,
                                                  "2026-10-01T01:30",
                                                  {"2026-10-31T06:30Z", "2026-11-01T06:30Z", "2026-11-02T07:30Z"}},
                                         HandOffs{"D02_daily_in_the_hour_that_spring_skips",
                                                  "America/Chicago",
                                                  ShiftUnit::kDay,
                                                  1,
                                                  "2026-03-01T02:30",
                                                  {"2026-03-07T08:30Z", "2026-03-08T08:00Z", "2026-03-09T07:30Z"}},
                                         HandOffs{"D05_weekly_in_autumn",
                                                  "America/Chicago",
                                                  ShiftUnit::kWeek,
                                                  1,
                                                  "2024-10-01T00:00",
                                                  {"2024-10-29T05:00Z", "2024-11-05T06:00Z"}},
                                         HandOffs{"D05_weekly_in_spring",
                                                  "America/Chicago",
                                                  ShiftUnit::kWeek,
                                                  1,
                                                  "2024-10-01T00:00",
                                                  {"2025-03-04T06:00Z", "2025-03-11T05:00Z"}},
                                         HandOffs{"D06_half_an_hour",
                                                  "Australia/Lord_Howe",
                                                  ShiftUnit::kDay,
                                                  1,
                                                  "2026-10-01T02:15",
                                                  {"2026-10-02T15:45Z", "2026-10-03T15:30Z", "2026-10-04T15:15Z"}},
                                         HandOffs{"D07_midnight_does_not_exist",
                                                  "America/Santiago",
                                                  ShiftUnit::kDay,
                                                  1,
                                                  "2026-09-01T00:00",
                                                  {"2026-09-05T04:00Z", "2026-09-06T04:00Z", "2026-09-07T03:00Z"}},
                                         HandOffs{"D08_twelve_hours",
                                                  "America/Chicago",
                                                  ShiftUnit::kHour,
                                                  12,
                                                  "2026-10-01T08:00",
                                                  {"2026-11-01T01:00Z", "2026-11-01T14:00Z", "2026-11-02T02:00Z"}},
                                         HandOffs{"D09_the_last_of_the_month",
                                                  "Europe/Berlin",
                                                  ShiftUnit::kMonth,
                                                  1,
                                                  "2027-01-31T09:00",
                                                  {"2027-01-31T08:00Z", "2027-02-28T08:00Z", "2027-03-31T07:00Z",
                                                   "2027-04-30T07:00Z", "2027-05-31T07:00Z"}},
                                         HandOffs{"the_29th_of_a_leap_year_every_year",
                                                  "UTC",
                                                  ShiftUnit::kMonth,
                                                  12,
                                                  "2024-02-29T00:00",
                                                  {"2024-02-29T00:00Z", "2025-02-28T00:00Z", "2026-02-28T00:00Z",
                                                   "2027-02-28T00:00Z", "2028-02-29T00:00Z"}},
                                         HandOffs{"goalert_daily_in_autumn",
                                                  "America/Chicago",
                                                  ShiftUnit::kDay,
                                                  1,
                                                  "2020-10-01T01:30",
                                                  {"2020-10-31T06:30Z", "2020-11-01T06:30Z", "2020-11-02T07:30Z"}},
                                         HandOffs{"goalert_daily_in_spring",
                                                  "America/Chicago",
                                                  ShiftUnit::kDay,
                                                  1,
                                                  "2020-03-01T02:30",
                                                  {"2020-03-07T08:30Z", "2020-03-08T08:00Z", "2020-03-09T07:30Z"}},
                                         HandOffs{"goalert_hourly_at_half_past_in_spring",
                                                  "America/Chicago",
                                                  ShiftUnit::kHour,
                                                  1,
                                                  "2020-03-01T02:30",
                                                  {"2020-03-08T06:30Z", "2020-03-08T07:30Z", "2020-03-08T08:00Z",
                                                   "2020-03-08T08:30Z", "2020-03-08T09:30Z"}},
                                         HandOffs{"goalert_hourly_in_autumn_has_a_shift_of_two_hours",
                                                  "America/Chicago",
                                                  ShiftUnit::kHour,
                                                  1,
                                                  "2020-10-01T00:00",
                                                  {"2020-11-01T05:00Z", "2020-11-01T06:00Z", "2020-11-01T08:00Z"}},
                                         HandOffs{"goalert_lord_howe_daily",
                                                  "Australia/Lord_Howe",
                                                  ShiftUnit::kDay,
                                                  1,
                                                  "2020-10-01T02:15",
                                                  {"2020-10-02T15:45Z", "2020-10-03T15:30Z", "2020-10-04T15:15Z"}},
                                         HandOffs{"an_hour_that_spring_skips_is_no_shift",
                                                  "America/Chicago",
                                                  ShiftUnit::kHour,
                                                  1,
                                                  "2026-03-01T00:00",
                                                  {"2026-03-08T06:00Z", "2026-03-08T07:00Z", "2026-03-08T08:00Z",
                                                   "2026-03-08T09:00Z"}},
                                         HandOffs{"a_day_that_samoa_skipped_is_no_shift",
                                                  "Pacific/Apia",
                                                  ShiftUnit::kDay,
                                                  1,
                                                  "2011-12-01T09:00",
                                                  {"2011-12-29T19:00Z", "2011-12-30T10:00Z", "2011-12-30T19:00Z"}}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Rotation, has_nobody_before_its_start) {
  const Turns taken = turns(rotation({"ann"}, ShiftUnit::kDay, 1, "2026-06-01T09:00"), "UTC");
  EXPECT_FALSE(taken.number_at(utc("2026-06-01T08:59:59Z")));
  EXPECT_EQ(taken.number_at(utc("2026-06-01T09:00Z")), 0);
}

TEST(Rotation, counts_the_shift_that_the_clocks_skip) {
  const Turns taken = turns(rotation({"ann", "bob", "cyd"}, ShiftUnit::kHour, 1, "2026-03-08T00:00"), kChicago);
  EXPECT_EQ(taken.number_at(utc("2026-03-08T07:59:59Z")), 1);  // 01:59 CST
  EXPECT_EQ(taken.number_at(utc("2026-03-08T08:00Z")), 3);     // 03:00 CDT; 02:00 to 03:00 was cyd's
  EXPECT_EQ(taken.person_of(1), "bob");
  EXPECT_EQ(taken.person_of(2), "cyd");
  EXPECT_EQ(taken.person_of(3), "ann");
}

TEST(Rotation, lets_each_come_as_often_as_they_stand_there) {
  const Turns taken = turns(rotation({"ann", "bob", "ann", "cyd"}, ShiftUnit::kDay, 1, "2026-06-01T00:00"), "UTC");
  std::string order;
  for (std::int64_t i = 0; i < 8; ++i) order += taken.person_of(i).front();
  EXPECT_EQ(order, "abacabac");
}

TEST(Rotation, bears_shifts_and_times_that_are_far_away) {
  const Turns taken = turns(rotation({"ann"}, ShiftUnit::kMonth, 9000, "2026-06-01T09:00"), kChicago);
  EXPECT_EQ(taken.number_at(WallTime::max()), 0);
  EXPECT_FALSE(taken.number_at(WallTime::min()));
  EXPECT_GE(taken.begin_of(1), utc("2200-01-01T00:00Z"));
  EXPECT_EQ(taken.begin_of(std::numeric_limits<std::int64_t>::max()), taken.begin_of(1));
  const Turns short_ones = turns(rotation({"ann", "bob"}, ShiftUnit::kHour, 1, "1970-01-01T00:00"), "UTC");
  EXPECT_GT(short_ones.number_at(WallTime::max()), 2'000'000);
  EXPECT_EQ(short_ones.person_of(-1), "bob");
}

struct BadRotation {
  const char* name;
  Rotation rotation;
  const char* says;
};

class BadRotations : public testing::TestWithParam<BadRotation> {};

TEST_P(BadRotations, are_refused) {
  const auto compiled = Turns::compile(GetParam().rotation, TimeZone());
  ASSERT_FALSE(compiled);
  EXPECT_THAT(compiled.error().what, HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Rotation, BadRotations,
    testing::Values(
        BadRotation{"nobody", rotation({}, ShiftUnit::kDay, 1, "2026-01-01T00:00"), "needs people"},
        BadRotation{"no_length", rotation({"ann"}, ShiftUnit::kDay, 0, "2026-01-01T00:00"), "1 to 9000 days"},
        BadRotation{"too_long", rotation({"ann"}, ShiftUnit::kWeek, 9001, "2026-01-01T00:00"), "weeks long"},
        BadRotation{"too_early", rotation({"ann"}, ShiftUnit::kDay, 1, "1969-12-31T23:59"), "1970 to 2199"},
        BadRotation{"too_late", rotation({"ann"}, ShiftUnit::kDay, 1, "2200-01-01T00:00"), "1970 to 2199"}),
    [](const auto& row) { return std::string(row.param.name); });

/// A rotation of a day each from 2026-06-01 09:00 UTC on.
Turns daily(std::vector<std::string> people, const RotationPlace* place = nullptr) {
  return turns(rotation(std::move(people), ShiftUnit::kDay, 1, "2026-06-01T09:00"), "UTC", place);
}

RotationPlace first_place(std::vector<std::string> people) { return {"primary", "week", 0, 0, std::move(people)}; }

/// Whose the shifts are at 2026-06-05T12:00 (number 4) and after it.
std::string order_from_4(const std::vector<std::string>& people, const RotationPlace& place) {
  const Turns taken = daily(people, &place);
  std::string order;
  for (std::int64_t i = 4; i < 10; ++i) order += taken.person_of(i).front();
  return order;
}

struct ChangeOfPeople {
  const char* name;
  std::vector<std::string> before;
  std::vector<std::string> after;
  std::string order;
};

class PeopleChange : public testing::TestWithParam<ChangeOfPeople> {};

TEST_P(PeopleChange, and_the_turns_go_on) {
  const ChangeOfPeople& row = GetParam();
  const RotationPlace place = adapt(first_place(row.before), daily(row.after), utc("2026-06-05T12:00Z"));
  EXPECT_LT(place.position, row.after.size());
  EXPECT_EQ(place.people, row.after);
  EXPECT_EQ(order_from_4(row.after, place), row.order);
}

// Shift 4 of ann, bob, cyd is bob's.
INSTANTIATE_TEST_SUITE_P(
    D15, PeopleChange,
    testing::Values(ChangeOfPeople{"whoever_is_on_call_leaves", {"ann", "bob", "cyd"}, {"ann", "cyd"}, "cacaca"},
                    ChangeOfPeople{"the_last_of_the_list_leaves", {"ann", "bob"}, {"bob"}, "bbbbbb"},
                    ChangeOfPeople{"somebody_else_leaves", {"ann", "bob", "cyd"}, {"bob", "cyd"}, "bcbcbc"},
                    ChangeOfPeople{
                        "somebody_joins_in_front", {"ann", "bob", "cyd"}, {"dan", "ann", "bob", "cyd"}, "bcdabc"},
                    ChangeOfPeople{"the_order_changes", {"ann", "bob", "cyd"}, {"cyd", "bob", "ann"}, "bacbac"},
                    ChangeOfPeople{"two_leave_at_once", {"ann", "bob", "cyd"}, {"ann"}, "aaaaaa"},
                    ChangeOfPeople{"everybody_is_new", {"ann", "bob", "cyd"}, {"dan", "eve"}, "dedede"},
                    ChangeOfPeople{"nobody_was_there", {}, {"dan", "eve"}, "dedede"},
                    // Shift 4 is ann's second turn of 5, and stays the second.
                    ChangeOfPeople{"one_with_two_turns_stays_in_the_one_they_have",
                                   {"ann", "bob", "cyd", "dan", "ann"},
                                   {"ann", "bob", "ann", "cyd"},
                                   "acabac"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Rotation, D15_hand_offs_stay_on_time_when_somebody_leaves) {
  const RotationPlace place =
      adapt(first_place({"ann", "bob", "cyd"}), daily({"ann", "cyd"}), utc("2026-06-05T12:00Z"));
  EXPECT_THAT(begins(daily({"ann", "cyd"}, &place), "2026-06-05T12:00Z", 2),
              ElementsAre(utc("2026-06-05T09:00Z"), utc("2026-06-06T09:00Z")));
}

TEST(Rotation, D16_a_place_that_was_kept_over_a_hand_off_steps_once) {
  const std::vector<std::string> people{"ann", "bob", "cyd"};
  const RotationPlace kept{"primary", "week", 4, 0, people};  // ann's, against the plain order
  EXPECT_EQ(order_from_4(people, kept), "abcabc");
  EXPECT_EQ(adapt(kept, daily(people), utc("2026-06-07T12:00Z")), kept);  // down over two hand-offs: nothing to do
}

TEST(Rotation, takes_no_place_of_other_people) {
  EXPECT_EQ(order_from_4({"ann", "bob", "cyd"}, {"primary", "week", 4, 0, {"ann", "bob"}}), "bcabca");
}

TEST(Rotation, bears_a_damaged_place) {
  const std::vector<std::string> people{"ann", "bob", "cyd"};
  const RotationPlace damaged{"primary", "week", std::numeric_limits<std::int64_t>::min(), 77, people};
  EXPECT_EQ(order_from_4(people, damaged).size(), 6U);
  EXPECT_LT(adapt(damaged, daily({"cyd", "ann"}), utc("2026-06-05T12:00Z")).position, 2U);
}

TEST(Rotation, begins_with_the_first_where_people_change_before_its_start) {
  const RotationPlace place = adapt(first_place({"ann", "bob"}), daily({"bob", "ann"}), utc("2026-05-01T00:00Z"));
  EXPECT_EQ(place, (RotationPlace{"primary", "week", 0, 0, {"bob", "ann"}}));
}

}  // namespace
}  // namespace sonde::oncall
