#include "promql/literals.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "promql/rune.h"

namespace sonde::promql {
namespace {

struct NumberWord {
  const char* text;
  double value;
};

class NumberWordCase : public testing::TestWithParam<NumberWord> {};

TEST_P(NumberWordCase, has_the_value_it_has_in_go) {
  const auto value = parse_number(GetParam().text);
  ASSERT_TRUE(value) << value.error();
  EXPECT_EQ(*value, GetParam().value);
}

constexpr double kInfinity = std::numeric_limits<double>::infinity();

INSTANTIATE_TEST_SUITE_P(Numbers, NumberWordCase,
                         testing::Values(NumberWord{"1", 1}, NumberWord{"017", 15}, NumberWord{"08", 8},
                                         NumberWord{"0x1F", 31}, NumberWord{"0x_1f", 31}, NumberWord{"1_000", 1000},
                                         NumberWord{"1_0.2_5", 10.25}, NumberWord{".5", 0.5}, NumberWord{"5.", 5},
                                         NumberWord{"1e-3", 0.001}, NumberWord{"Inf", kInfinity},
                                         NumberWord{"18446744073709551616", 18446744073709551616.0}));

TEST(NumberWord, nan_is_no_number_yet_one) { EXPECT_TRUE(std::isnan(*parse_number("NaN"))); }

TEST(NumberWord, that_go_refuses_is_refused_in_its_words) {
  EXPECT_EQ(parse_number("1e999").error(),
            R"(error parsing number: strconv.ParseFloat: parsing "1e999": value out of range)");
  for (const char* bad : {"0x", "0xffffffffffffffffff", "1_.5", "1e_5"}) {
    EXPECT_EQ(parse_number(bad).error(),
              "error parsing number: strconv.ParseFloat: parsing " + quote(bad) + ": invalid syntax");
  }
}

TEST(DurationWord, adds_up_its_units) {
  EXPECT_EQ(*parse_duration_literal("1h30m"), 5400LL * 1'000'000'000);
  EXPECT_EQ(*parse_duration_literal("1y2w3d4h5m6s7ms"), 33'019'506'007LL * 1'000'000);
}

TEST(DurationWord, that_is_none_is_refused_in_prometheus_words) {
  EXPECT_EQ(parse_duration_literal("5m1h").error(), R"(not a valid duration string: "5m1h")");
  EXPECT_EQ(parse_duration_literal("5m5m").error(), R"(not a valid duration string: "5m5m")");
  EXPECT_EQ(parse_duration_literal("1.5h").error(), R"(unknown unit "." in duration "1.5h")");
  EXPECT_EQ(parse_duration_literal("5hs").error(), R"(unknown unit "hs" in duration "5hs")");
  EXPECT_EQ(parse_duration_literal("300y").error(), "duration out of range");
  EXPECT_EQ(parse_duration_literal("292y52w").error(), "duration out of range");
}

TEST(DurationText, is_the_spelling_prometheus_chooses) {
  EXPECT_EQ(duration_text(0), "0s");
  EXPECT_EQ(duration_text(5'400'000), "1h30m");
  EXPECT_EQ(duration_text(7LL * 86'400'000), "1w");
  EXPECT_EQ(duration_text(90LL * 86'400'000), "90d");
  EXPECT_EQ(duration_text(365LL * 86'400'000), "1y");
  EXPECT_EQ(duration_text(61'001), "1m1s1ms");
}

TEST(String, loses_its_quotes_and_escapes) {
  EXPECT_EQ(unquote(R"("a\n\t\\\"")"), "a\n\t\\\"");
  EXPECT_EQ(unquote(R"('it\'s "so"')"), "it's \"so\"");
  EXPECT_EQ(unquote(R"(`raw\n`)"), "raw\\n");
  EXPECT_EQ(unquote(R"("\x41\101\u00e9\U0001F600\xff")"), "AA\xc3\xa9\xf0\x9f\x98\x80\xff");
}

TEST(Quote, escapes_what_go_escapes) {
  EXPECT_EQ(quote("a\"\\\n\x01\x7f"), R"("a\"\\\n\x01\x7f")");
  EXPECT_EQ(quote("\xc3\xa9\xe2\x80\x8b\xf3\xa0\x80\x81\xff"), "\"\xc3\xa9\\u200b\\U000e0001\\xff\"");
  EXPECT_EQ(quote_rune('\''), R"('\'')");
  EXPECT_EQ(quote_rune(kEndOfText), "'\xef\xbf\xbd'");
}

}  // namespace
}  // namespace sonde::promql
