#include "base/time_zone.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace sonde {
namespace {

using namespace std::chrono_literals;
using std::chrono::day;
using std::chrono::local_days;
using std::chrono::month;
using std::chrono::sys_days;
using std::chrono::year;
using testing::HasSubstr;

LocalTime local(int y, unsigned m, unsigned d, std::chrono::nanoseconds time) {
  return LocalTime{local_days{year{y} / month{m} / day{d}} + time};
}

WallTime utc(int y, unsigned m, unsigned d, std::chrono::nanoseconds time) {
  return WallTime{sys_days{year{y} / month{m} / day{d}} + time};
}

TimeZone zone(const std::string& name) {
  auto found = TimeZone::load(name);
  EXPECT_TRUE(found) << found.error().what;
  return found ? *std::move(found) : TimeZone();
}

TEST(TimeZone, of_no_name_is_utc) {
  EXPECT_EQ(zone("").name(), "UTC");
  EXPECT_EQ(zone("UTC").to_local(utc(2026, 7, 1, 12h)), local(2026, 7, 1, 12h));
  EXPECT_EQ(zone("").from_local(local(2026, 7, 1, 12h)), utc(2026, 7, 1, 12h));
}

TEST(TimeZone, knows_summer_and_winter) {
  const TimeZone berlin = zone("Europe/Berlin");
  EXPECT_EQ(berlin.name(), "Europe/Berlin");
  EXPECT_EQ(berlin.to_local(utc(2026, 7, 1, 12h)), local(2026, 7, 1, 14h));
  EXPECT_EQ(berlin.to_local(utc(2026, 1, 1, 12h)), local(2026, 1, 1, 13h));
  EXPECT_EQ(berlin.from_local(local(2026, 7, 1, 14h)), utc(2026, 7, 1, 12h));
  EXPECT_EQ(berlin.to_local(utc(2026, 7, 1, 12h + 7ns)), local(2026, 7, 1, 14h + 7ns));
}

TEST(TimeZone, a_time_that_the_clocks_skip_is_the_first_moment_after_the_gap) {
  EXPECT_EQ(zone("America/Chicago").from_local(local(2026, 3, 8, 2h + 30min)), utc(2026, 3, 8, 8h));
  EXPECT_EQ(zone("Australia/Lord_Howe").from_local(local(2026, 10, 4, 2h + 15min)), utc(2026, 10, 3, 15h + 30min));
  EXPECT_EQ(zone("America/Santiago").from_local(local(2026, 9, 6, 0h)), utc(2026, 9, 6, 4h));
}

TEST(TimeZone, a_time_that_the_clocks_show_twice_is_the_first_of_both) {
  EXPECT_EQ(zone("America/Chicago").from_local(local(2026, 11, 1, 1h + 30min)), utc(2026, 11, 1, 6h + 30min));
  EXPECT_EQ(zone("America/Chicago").to_local(utc(2026, 11, 1, 7h + 30min)), local(2026, 11, 1, 1h + 30min));
}

TEST(TimeZone, knows_names_that_lead_to_others) {
  EXPECT_EQ(zone("US/Central").to_local(utc(2026, 1, 1, 12h)), local(2026, 1, 1, 6h));
}

TEST(TimeZone, before_1970_works_too) {
  EXPECT_EQ(zone("Europe/Berlin").to_local(utc(1969, 12, 31, 23h + 59min + 59s + 999ms)),
            local(1970, 1, 1, 59min + 59s + 999ms));
}

TEST(TimeZone, says_which_name_is_meant) {
  const auto found = TimeZone::load("Europe/Berlinn");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Code::kNotFound);
  EXPECT_THAT(found.error().what, HasSubstr("did you mean 'Europe/Berlin'?"));
}

TEST(TimeZone, refuses_what_is_no_zone) {
  for (const std::string name : {"CET+1", "../../etc/passwd", "zone.tab", "/etc/localtime", "Nowhere/At_All", " "}) {
    EXPECT_FALSE(TimeZone::load(name)) << name;
  }
}

}  // namespace
}  // namespace sonde
