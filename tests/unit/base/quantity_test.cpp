#include "base/quantity.h"

#include <gtest/gtest.h>

namespace sonde {
namespace {

using namespace std::chrono_literals;

struct DurationRow {
  const char* text;
  std::chrono::nanoseconds value;
  const char* shortest;
};

class DurationCase : public testing::TestWithParam<DurationRow> {};

TEST_P(DurationCase, reads_and_writes_what_prometheus_writes) {
  const auto parsed = parse_duration(GetParam().text);
  ASSERT_TRUE(parsed) << parsed.error().what;
  EXPECT_EQ(*parsed, GetParam().value);
  EXPECT_EQ(format_duration(*parsed), GetParam().shortest);
}

INSTANTIATE_TEST_SUITE_P(Durations, DurationCase,
                         testing::Values(DurationRow{"5m", 5min, "5m"}, DurationRow{"90m", 90min, "1h30m"},
                                         DurationRow{"1h30m", 90min, "1h30m"}, DurationRow{"100ms", 100ms, "100ms"},
                                         DurationRow{"1.5s", 1500ms, "1s500ms"}, DurationRow{"0", 0s, "0s"},
                                         DurationRow{"1w", 168h, "1w"}, DurationRow{"250us", 250us, "250us"}));

class BadDuration : public testing::TestWithParam<const char*> {};

TEST_P(BadDuration, is_refused_with_an_example_of_a_good_one) {
  const auto parsed = parse_duration(GetParam());
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code, Code::kBadInput);
}

INSTANTIATE_TEST_SUITE_P(Durations, BadDuration,
                         testing::Values("", "5", "m", "-5m", "5m1h", "5mm", "5 m", "1s1s", "nan s", "infs", "5x",
                                         "99999999999999999999y"));

TEST(Ratio, is_a_percentage_or_a_fraction) {
  EXPECT_EQ(*parse_ratio("1%"), 0.01);
  EXPECT_EQ(*parse_ratio("70%"), 0.7);
  EXPECT_EQ(*parse_ratio("99.9%"), 0.999);
  EXPECT_DOUBLE_EQ(*parse_ratio("0.05"), 0.05);
  EXPECT_DOUBLE_EQ(*parse_ratio("100%"), 1.0);
  for (const char* bad : {"", "%", "101%", "1.5", "-1%", "1 %", "nan", "one"}) EXPECT_FALSE(parse_ratio(bad)) << bad;
}

}  // namespace
}  // namespace sonde
