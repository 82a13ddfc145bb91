#include "alerts/time_interval.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "alerts/maintenance_book.h"

namespace sonde::alerts {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

WallTime utc(int year, unsigned month, unsigned day, std::chrono::nanoseconds time = 0h) {
  return WallTime{std::chrono::sys_days{std::chrono::year{year} / static_cast<int>(month) / static_cast<int>(day)} +
                  time};
}

bool contains(const TimeInterval& interval, WallTime at) {
  const std::vector<TimeInterval> one{interval};
  const auto schedule = Schedule::compile(one);
  EXPECT_TRUE(schedule) << schedule.error().what;
  return schedule && schedule->contains(at);
}

std::string fault_of(const TimeInterval& interval) {
  const auto checked = check_time_interval(interval);
  return checked ? "" : checked.error().what;
}

TEST(TimeInterval, that_says_nothing_holds_always) { EXPECT_TRUE(contains({}, utc(2026, 6, 1))); }

TEST(TimeInterval, an_empty_list_holds_never) {
  TimeInterval interval;
  interval.weekdays.emplace();
  EXPECT_FALSE(contains(interval, utc(2026, 6, 1)));
}

// "The start time is inclusive and the end time is exclusive" (Alertmanager's documentation: 17:00 to 24:00).
TEST(TimeInterval, begins_with_its_start_and_ends_before_its_end) {
  const TimeInterval interval{.times = {{{9 * 60, 17 * 60}}}};
  EXPECT_FALSE(contains(interval, utc(2026, 6, 1, 9h - 1ns)));
  EXPECT_TRUE(contains(interval, utc(2026, 6, 1, 9h)));
  EXPECT_TRUE(contains(interval, utc(2026, 6, 1, 17h - 1ns)));
  EXPECT_FALSE(contains(interval, utc(2026, 6, 1, 17h)));
  const TimeInterval evening{.times = {{{17 * 60, 24 * 60}}}};
  EXPECT_TRUE(contains(evening, utc(2026, 6, 1, 24h - 1ns)));
  EXPECT_FALSE(contains(evening, utc(2026, 6, 2)));
}

TEST(TimeInterval, any_range_of_a_kind_and_all_kinds_must_hold) {
  const TimeInterval interval{.times = {{{8 * 60, 9 * 60}, {20 * 60, 21 * 60}}}, .weekdays = {{{1, 5}}}};
  EXPECT_TRUE(contains(interval, utc(2026, 6, 1, 8h)));   // a Monday
  EXPECT_TRUE(contains(interval, utc(2026, 6, 5, 20h)));  // a Friday
  EXPECT_FALSE(contains(interval, utc(2026, 6, 1, 12h)));
  EXPECT_FALSE(contains(interval, utc(2026, 6, 6, 8h)));  // a Saturday
}

TEST(TimeInterval, sunday_is_the_first_day) {
  EXPECT_TRUE(contains({.weekdays = {{{0, 0}}}}, utc(2026, 6, 7)));
  EXPECT_FALSE(contains({.weekdays = {{{0, 0}}}}, utc(2026, 6, 6)));
}

TEST(TimeInterval, days_count_from_the_end_of_the_month_too) {
  const TimeInterval last_three{.days_of_month = {{{-3, -1}}}};
  EXPECT_FALSE(contains(last_three, utc(2026, 2, 25)));
  EXPECT_TRUE(contains(last_three, utc(2026, 2, 26)));
  EXPECT_TRUE(contains(last_three, utc(2026, 2, 28)));
  EXPECT_TRUE(contains(last_three, utc(2028, 2, 29)));  // a leap year
  EXPECT_FALSE(contains(last_three, utc(2028, 2, 26)));
  EXPECT_TRUE(contains({.days_of_month = {{{1, -1}}}}, utc(2026, 4, 30)));
}

TEST(TimeInterval, a_day_that_the_month_lacks_ends_a_range_at_its_last_day_and_begins_none) {
  EXPECT_TRUE(contains({.days_of_month = {{{28, 31}}}}, utc(2026, 2, 28)));
  EXPECT_FALSE(contains({.days_of_month = {{{31, 31}}}}, utc(2026, 4, 30)));
  EXPECT_TRUE(contains({.days_of_month = {{{31, 31}}}}, utc(2026, 5, 31)));
  EXPECT_TRUE(contains({.days_of_month = {{{-31, -28}}}}, utc(2026, 2, 1)));  // begins before the month does
}

TEST(TimeInterval, months_and_years_include_both_ends) {
  const TimeInterval interval{.months = {{{5, 8}}}, .years = {{{2025, 2026}}}};
  EXPECT_TRUE(contains(interval, utc(2025, 5, 1)));
  EXPECT_TRUE(contains(interval, utc(2026, 8, 31, 23h)));
  EXPECT_FALSE(contains(interval, utc(2026, 9, 1)));
  EXPECT_FALSE(contains(interval, utc(2027, 5, 1)));
}

// The vectors of Alertmanager's documentation of `location`: a location shifts every field, not the time alone.
TEST(TimeInterval, is_meant_at_its_location) {
  const TimeInterval office{.times = {{{9 * 60, 17 * 60}}}, .weekdays = {{{1, 5}}}, .location = "Australia/Sydney"};
  EXPECT_TRUE(contains(office, utc(2026, 5, 31, 23h)));  // Monday 09:00 there, Sunday in UTC
  EXPECT_FALSE(contains(office, utc(2026, 6, 5, 23h)));  // Saturday 09:00 there
  const TimeInterval berlin{.times = {{{9 * 60, 10 * 60}}}, .location = "Europe/Berlin"};
  EXPECT_TRUE(contains(berlin, utc(2026, 7, 1, 7h)));
  EXPECT_TRUE(contains(berlin, utc(2026, 1, 1, 8h)));
  EXPECT_FALSE(contains(berlin, utc(2026, 1, 1, 7h)));
}

TEST(TimeInterval, D10_a_restriction_follows_the_clocks) {
  const TimeInterval layer{.times = {{{9 * 60, 17 * 60}}}, .location = "Europe/London"};
  EXPECT_TRUE(contains(layer, utc(2026, 10, 24, 8h)));
  EXPECT_FALSE(contains(layer, utc(2026, 10, 24, 16h)));
  EXPECT_FALSE(contains(layer, utc(2026, 10, 26, 8h + 30min)));
  EXPECT_TRUE(contains(layer, utc(2026, 10, 26, 9h)));
}

struct BadInterval {
  const char* name;
  TimeInterval interval;
  const char* says;
};

class BadIntervals : public testing::TestWithParam<BadInterval> {};

TEST_P(BadIntervals, are_refused) { EXPECT_THAT(fault_of(GetParam().interval), HasSubstr(GetParam().says)); }

INSTANTIATE_TEST_SUITE_P(
    TimeInterval, BadIntervals,
    testing::Values(BadInterval{"over_midnight", {.times = {{{1320, 360}}}}, "two ranges"},
                    BadInterval{"of_no_length", {.times = {{{60, 60}}}}, "start_time must be before end_time"},
                    BadInterval{"after_midnight", {.times = {{{0, 1441}}}}, "from 00:00 to 24:00"},
                    BadInterval{"day_0", {.days_of_month = {{{0, 3}}}}, "from 1 to 31"},
                    BadInterval{"day_32", {.days_of_month = {{{1, 32}}}}, "from 1 to 31"},
                    BadInterval{"day_minus_32", {.days_of_month = {{{-32, -1}}}}, "from 1 to 31"},
                    BadInterval{
                        "from_the_end_to_the_start", {.days_of_month = {{{-1, 5}}}}, "must end with such a day"},
                    BadInterval{"days_backwards", {.days_of_month = {{{5, 1}}}}, "must not end before it begins"},
                    BadInterval{"days_that_end_too_early", {.days_of_month = {{{29, -1}}}}, "must not end before"},
                    BadInterval{"month_13", {.months = {{{1, 13}}}}, "a month must be from 1 to 12"},
                    BadInterval{"months_backwards", {.months = {{{6, 5}}}}, "must not end before it begins"},
                    BadInterval{"weekday_7", {.weekdays = {{{0, 7}}}}, "a weekday must be"},
                    BadInterval{"years_backwards", {.years = {{{2027, 2026}}}}, "must not end before it begins"},
                    BadInterval{"no_such_place", {.location = "Europe/Berlinn"}, "did you mean 'Europe/Berlin'?"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ScheduleBook, says_which_names_hold) {
  const std::vector<NamedTimeInterval> intervals{{"mornings", {{.times = {{{0, 12 * 60}}}}}},
                                                 {"weekends", {{.weekdays = {{{0, 0}}}}, {.weekdays = {{{6, 6}}}}}}};
  const auto book = ScheduleBook::compile(intervals);
  ASSERT_TRUE(book);
  const std::vector<std::string> names{"weekends", "mornings", "unknown"};
  EXPECT_THAT(book->holding(names, utc(2026, 6, 6, 8h)), ElementsAre("weekends", "mornings"));
  EXPECT_THAT(book->holding(names, utc(2026, 6, 7, 13h)), ElementsAre("weekends"));
  EXPECT_THAT(book->holding(names, utc(2026, 6, 8, 13h)), IsEmpty());
  EXPECT_TRUE(book->knows("mornings"));
  EXPECT_FALSE(book->knows("unknown"));
}

TEST(ScheduleBook, has_every_name_once) {
  const std::vector<NamedTimeInterval> twice{{"a", {}}, {"a", {}}};
  ASSERT_FALSE(ScheduleBook::compile(twice));
  EXPECT_THAT(ScheduleBook::compile(twice).error().what, HasSubstr("two time intervals are called 'a'"));
}

TEST(MaintenanceBook, holds_what_fits_while_a_window_is_open) {
  const std::vector<MaintenanceWindow> windows{
      {"backups", {{.times = {{{120, 180}}}}}, {{"service_name", store::MatchOperator::kEqual, "db"}}, "nightly"},
      {"all", {{.weekdays = {{{0, 0}}}}}, {}, ""}};
  const auto book = MaintenanceBook::compile(windows);
  ASSERT_TRUE(book) << book.error().what;
  const store::Labels database{{"service_name", "db"}};
  EXPECT_THAT(book->holding(database, utc(2026, 6, 1, 2h)), ElementsAre("backups"));
  EXPECT_THAT(book->holding(database, utc(2026, 6, 1, 3h)), IsEmpty());
  EXPECT_THAT(book->holding({{"service_name", "web"}}, utc(2026, 6, 1, 2h)), IsEmpty());
  EXPECT_THAT(book->holding(database, utc(2026, 6, 7, 2h)), ElementsAre("backups", "all"));
}

TEST(MaintenanceBook, refuses_windows_that_nobody_can_mean) {
  const auto fault = [](const std::vector<MaintenanceWindow>& windows) {
    const auto book = MaintenanceBook::compile(windows);
    return book ? std::string() : book.error().what;
  };
  const std::vector<TimeInterval> always{{}};
  EXPECT_THAT(fault({{"", always, {}, ""}}), HasSubstr("needs a name"));
  EXPECT_THAT(fault({{"a", {}, {}, ""}}), HasSubstr("needs a schedule"));
  EXPECT_THAT(fault({{"a", always, {}, ""}, {"a", always, {}, ""}}), HasSubstr("there twice"));
  EXPECT_THAT(fault({{"a", always, {{"b", store::MatchOperator::kRegex, "("}}, ""}}), HasSubstr("window 'a'"));
  EXPECT_THAT(fault({{"a", {{.location = "Nowhere"}}, {}, ""}}), HasSubstr("window 'a'"));
}

}  // namespace
}  // namespace sonde::alerts
