#include "serve/timestamp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace sonde::serve {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

struct TimeRow {
  const char* name;
  const char* text;
  const char* read;  // empty: it is none
};

class TimeCase : public testing::TestWithParam<TimeRow> {};

TEST_P(TimeCase, is_read) {
  const auto at = parse_rfc3339(GetParam().text);
  if (*GetParam().read != '\0') {
    ASSERT_TRUE(at) << at.error().what;
    EXPECT_EQ(rfc3339(*at), GetParam().read);
  } else {
    ASSERT_FALSE(at);
    EXPECT_THAT(at.error().what, HasSubstr("2026-03-01T14:03:07Z"));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Times, TimeCase,
    testing::Values(TimeRow{"utc", "2026-03-01T14:03:07Z", "2026-03-01T14:03:07Z"},
                    TimeRow{"milliseconds", "2026-03-01T14:03:07.250Z", "2026-03-01T14:03:07.25Z"},
                    TimeRow{"nanoseconds", "2026-03-01T14:03:07.123456789Z", "2026-03-01T14:03:07.123456789Z"},
                    TimeRow{"more_than_nanoseconds", "2026-03-01T14:03:07.12345678999Z",
                            "2026-03-01T14:03:07.123456789Z"},
                    TimeRow{"east", "2026-03-01T14:03:07+02:00", "2026-03-01T12:03:07Z"},
                    TimeRow{"west", "2026-03-01T20:03:07-05:30", "2026-03-02T01:33:07Z"},
                    TimeRow{"small_letters", "2026-03-01t14:03:07z", "2026-03-01T14:03:07Z"},
                    TimeRow{"blank", "2026-03-01 14:03:07Z", "2026-03-01T14:03:07Z"},
                    TimeRow{"leap_day", "2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"},
                    TimeRow{"leap_second", "2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"},
                    TimeRow{"before_the_epoch", "1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.5Z"},
                    TimeRow{"zero_of_go", "0001-01-01T00:00:00Z", "1678-06-18T12:26:40Z"},
                    TimeRow{"far_away", "9999-12-31T23:59:59Z", "2261-07-15T11:33:20Z"},
                    TimeRow{"no_leap_day", "2026-02-29T00:00:00Z", ""}, TimeRow{"no_zone", "2026-03-01T14:03:07", ""},
                    TimeRow{"month_13", "2026-13-01T14:03:07Z", ""}, TimeRow{"hour_24", "2026-03-01T24:00:00Z", ""},
                    TimeRow{"no_decimals", "2026-03-01T14:03:07.Z", ""},
                    TimeRow{"more_behind", "2026-03-01T14:03:07Zx", ""}, TimeRow{"sign", "2026-+3-01T14:03:07Z", ""},
                    TimeRow{"day_only", "2026-03-01", ""}, TimeRow{"nothing", "", ""}),
    [](const auto& row) { return row.param.name; });

TEST(Timestamp, is_written_with_milliseconds) {
  EXPECT_EQ(rfc3339_ms(WallTime{1'772'373'787'250ms}), "2026-03-01T14:03:07.250Z");
  EXPECT_EQ(rfc3339_ms(WallTime{1'772'373'787s}), "2026-03-01T14:03:07.000Z");
  EXPECT_EQ(rfc3339_ms(WallTime{-1ms}), "1969-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace sonde::serve
