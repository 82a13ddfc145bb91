#include "cli/moment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace sonde::cli {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kNow{1'772'373'787s};  // 2026-03-01 14:03:07 UTC

struct MomentRow {
  const char* name;
  const char* text;
  WallTime means;
};

class GoodMoment : public testing::TestWithParam<MomentRow> {};

TEST_P(GoodMoment, is_read) {
  const auto moment = parse_moment(GetParam().text);
  ASSERT_TRUE(moment) << moment.error().what;
  EXPECT_EQ(resolve(*moment, kNow), GetParam().means);
}

INSTANTIATE_TEST_SUITE_P(Texts, GoodMoment,
                         testing::Values(MomentRow{"now", "now", kNow}, MomentRow{"so_long_ago", "15m", kNow - 15min},
                                         MomentRow{"so_long_ago_with_a_minus", "-1h30m", kNow - 90min},
                                         MomentRow{"unix_seconds", "1772373787", kNow},
                                         MomentRow{"unix_seconds_with_a_fraction", "1772373787.25", kNow + 250ms},
                                         MomentRow{"in_utc", "2026-03-01T14:03:07Z", kNow},
                                         MomentRow{"in_utc_in_lower_case", "2026-03-01t14:03:07z", kNow},
                                         MomentRow{"with_a_blank_as_rfc_3339_allows", "2026-03-01 14:03:07Z", kNow},
                                         MomentRow{"with_a_fraction", "2026-03-01T14:03:07.125Z", kNow + 125ms},
                                         MomentRow{"of_a_zone_in_the_east", "2026-03-01T15:33:07+01:30", kNow},
                                         MomentRow{"of_a_zone_in_the_west", "2026-03-01T09:03:07-05:00", kNow},
                                         MomentRow{"of_a_leap_day", "2024-02-29T00:00:00Z", WallTime{1'709'164'800s}}),
                         [](const auto& row) { return row.param.name; });

class BadMoment : public testing::TestWithParam<const char*> {};

TEST_P(BadMoment, is_refused_with_examples) {
  const auto moment = parse_moment(GetParam());
  ASSERT_FALSE(moment);
  EXPECT_THAT(moment.error().what, testing::StartsWith("'" + std::string(GetParam()) + "' is no time; write it like"));
}

INSTANTIATE_TEST_SUITE_P(Texts, BadMoment,
                         testing::Values("", "yesterday", "-15", "1e9", "nan", "--5m", "2026-03-01", "9999999999999",
                                         "2026-02-29T00:00:00Z", "2026-03-01T24:00:00Z", "2026-03-01T14:03:07",
                                         "2026-03-01T14:03:07.Z", "2026-03-01T14:03:07+0100", "2026-03-01T14:03:07Zx",
                                         "9999-03-01T14:03:07Z", "2026-3-01T14:03:07Z"));

TEST(Moment, is_written_for_people_and_for_programs) {
  ::setenv("TZ", "UTC", 1);
  EXPECT_EQ(local_text(kNow + 250ms), "2026-03-01 14:03:07");
  EXPECT_EQ(local_text_ms(kNow + 250ms), "2026-03-01 14:03:07.250");
  EXPECT_EQ(utc_text(kNow + 5ms), "2026-03-01T14:03:07.005Z");
  EXPECT_EQ(unix_text(kNow + 50ms), "1772373787.050");
}

}  // namespace
}  // namespace sonde::cli
