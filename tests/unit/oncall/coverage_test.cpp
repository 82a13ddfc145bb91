#include "oncall/coverage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/oncall/sample_plan.h"

namespace sonde::oncall {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

Coverage eight_weeks(const Plan& plan, const Changes& changes = {}) {
  const WallTime from = utc("2026-06-01T00:00Z");
  return coverage_of(book(plan, changes).shifts("primary", from, from + kCoverageSpan));
}

TEST(Coverage, D18_hours_of_the_day_alone_leave_two_thirds_uncovered) {
  const Coverage coverage =
      eight_weeks(plan({always("office", "ann", {{.weekdays = {}, .first_minute = 540, .end_minute = 1020}})}));
  EXPECT_NEAR(coverage.uncovered_ratio, 2.0 / 3.0, 1e-12);
  EXPECT_THAT(coverage.gaps, SizeIs(57));
  EXPECT_EQ(coverage.gaps.front(), (Gap{utc("2026-06-01T00:00Z"), utc("2026-06-01T09:00Z")}));
  EXPECT_THAT(coverage.time_of_person, ElementsAre(Pair("ann", 56 * 8h)));
  EXPECT_EQ(
      warning_of(coverage, TimeZone()),
      "nobody is on call 66.7 % of the time; the next of 57 gaps is from 2026-06-01 00:00 to 2026-06-01 09:00 UTC, "
      "9h");
}

TEST(Coverage, is_whole_where_somebody_always_is) {
  const Coverage coverage = eight_weeks(plan({always("all", "ann")}));
  EXPECT_EQ(coverage.uncovered_ratio, 0.0);
  EXPECT_THAT(coverage.gaps, IsEmpty());
  EXPECT_FALSE(warning_of(coverage, TimeZone()));
}

TEST(Coverage, tells_the_only_gap_by_the_clocks_there) {
  const Coverage coverage =
      eight_weeks(plan({always("all", "ann")}),
                  {.overrides = {stand_in("", "2026-06-02T22:00Z", "2026-06-03T06:00Z")}, .temporary = {}});
  EXPECT_EQ(warning_of(coverage, zone("Europe/Berlin")),
            "nobody is on call 0.6 % of the time; the only gap is from 2026-06-03 00:00 to 2026-06-03 08:00 "
            "Europe/Berlin, 8h");
}

TEST(Coverage, tells_how_long_a_gap_is_as_people_say_it) {
  const Coverage coverage{.uncovered_ratio = 0.5,
                          .gaps = {{utc("2026-06-01T10:00:07Z"), utc("2026-06-01T12:30:00Z")}},
                          .time_of_person = {}};
  EXPECT_TRUE(warning_of(coverage, TimeZone())->ends_with("12:30 UTC, 2h29m"));
}

TEST(Coverage, joins_gaps_of_which_one_is_planned_and_one_is_not) {
  const Coverage coverage =
      eight_weeks(plan({always("mornings", "ann", {{.weekdays = {}, .first_minute = 0, .end_minute = 720}})}),
                  {.overrides = {stand_in("", "2026-06-01T10:00Z", "2026-06-01T12:00Z")}, .temporary = {}});
  EXPECT_EQ(coverage.gaps.front(), (Gap{utc("2026-06-01T10:00Z"), utc("2026-06-02T00:00Z")}));
}

TEST(Coverage, of_nothing_is_nothing) {
  EXPECT_EQ(coverage_of({}).uncovered_ratio, 0.0);
  EXPECT_THAT(coverage_of({}).gaps, IsEmpty());
}

TEST(Coverage, shares_out_the_hours_over_a_change_of_the_clocks) {
  const Plan weeks = plan({{.name = "week",
                            .rotation = rotation({"ann", "bob"}, ShiftUnit::kWeek, 1, "2026-10-19T00:00"),
                            .restrictions = {}}},
                          "Europe/Berlin");
  const Coverage coverage =
      coverage_of(book(weeks).shifts("primary", utc("2026-10-18T22:00Z"), utc("2026-11-01T23:00Z")));
  EXPECT_THAT(coverage.time_of_person, ElementsAre(Pair("ann", 169h), Pair("bob", 168h)));
}

}  // namespace
}  // namespace sonde::oncall
