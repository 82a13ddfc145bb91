#include "app/prometheus_parameters.h"

#include <gtest/gtest.h>

#include <string>
#include <type_traits>
#include <vector>

namespace sonde::app {
namespace {

template <class T>
std::string shown(const Result<T>& read) {
  if (!read) return read.error().what;
  if constexpr (std::is_integral_v<T>) {
    return std::to_string(*read);
  } else {
    return std::to_string(read->count());
  }
}

struct TextRow {
  const char* name;
  const char* text;
  const char* read;  // the number, or what is wrong
};

class TimeParameter : public testing::TestWithParam<TextRow> {};

TEST_P(TimeParameter, is_read) { EXPECT_EQ(shown(read_time(GetParam().text)), GetParam().read); }

INSTANTIATE_TEST_SUITE_P(
    Times, TimeParameter,
    testing::Values(
        TextRow{"seconds", "1435781451", "1435781451000"}, TextRow{"decimals", "1435781451.7814", "1435781451781"},
        TextRow{"exponent", "1.435781451e9", "1435781451000"}, TextRow{"hexadecimal", "0x10p0", "16000"},
        TextRow{"sign", "+1.5", "1500"}, TextRow{"before_the_epoch", "-1.5", "-1500"},
        TextRow{"beyond_the_end", "1e300", "9223309901257974000"}, TextRow{"infinity", "-Inf", "-9223309901257974000"},
        TextRow{"rfc3339", "2015-07-01T20:10:51.781Z", "1435781451781"},
        TextRow{"rfc3339_with_zone", "2015-07-02T01:40:51+05:30", "1435781451000"},
        TextRow{"rfc3339_west", "2015-07-01T18:10:51.7819999-02:00", "1435781451781"},
        TextRow{"leap_day", "2024-02-29T00:00:00Z", "1709164800000"},
        TextRow{"the_earliest", "-292273086-05-16T16:47:06Z", "-9223309901257974000"},
        TextRow{"the_latest", "292277025-08-18T07:12:54.999999999Z", "9223309901257974000"},
        TextRow{"nothing", "", R"(cannot parse "" to a valid timestamp)"},
        TextRow{"a_word", "now", R"(cannot parse "now" to a valid timestamp)"},
        TextRow{"no_number", "NaN", R"(cannot parse "NaN" to a valid timestamp)"},
        TextRow{"too_large_a_number", "1e999", R"(cannot parse "1e999" to a valid timestamp)"},
        TextRow{"two_signs", "--1", R"(cannot parse "--1" to a valid timestamp)"},
        TextRow{"no_such_day", "2023-02-29T00:00:00Z", R"(cannot parse "2023-02-29T00:00:00Z" to a valid timestamp)"},
        TextRow{"no_zone", "2023-02-28T00:00:00", R"(cannot parse "2023-02-28T00:00:00" to a valid timestamp)"},
        TextRow{"no_such_hour", "2023-02-28T24:00:00Z", R"(cannot parse "2023-02-28T24:00:00Z" to a valid timestamp)"},
        TextRow{"quotes", "a\"b\n", R"(cannot parse "a\"b\n" to a valid timestamp)"}),
    [](const auto& row) { return row.param.name; });

class DurationParameter : public testing::TestWithParam<TextRow> {};

TEST_P(DurationParameter, is_read) { EXPECT_EQ(shown(read_duration(GetParam().text)), GetParam().read); }

INSTANTIATE_TEST_SUITE_P(
    Durations, DurationParameter,
    testing::Values(TextRow{"seconds", "15", "15000000000"}, TextRow{"decimals", "0.5", "500000000"},
                    TextRow{"units", "1h30m", "5400000000000"}, TextRow{"milliseconds", "250ms", "250000000"},
                    TextRow{"negative", "-1", "-1000000000"}, TextRow{"zero", "0", "0"},
                    TextRow{"nothing", "", R"(cannot parse "" to a valid duration)"},
                    TextRow{"wrong_order", "1m1h", R"(cannot parse "1m1h" to a valid duration)"},
                    TextRow{"decimals_with_unit", "1.5m", R"(cannot parse "1.5m" to a valid duration)"},
                    TextRow{"too_long", "1e10", R"(cannot parse "1e10" to a valid duration. It overflows int64)"}),
    [](const auto& row) { return row.param.name; });

class IntegerParameter : public testing::TestWithParam<TextRow> {};

TEST_P(IntegerParameter, is_read) { EXPECT_EQ(shown(read_integer(GetParam().text)), GetParam().read); }

INSTANTIATE_TEST_SUITE_P(Integers, IntegerParameter,
                         testing::Values(TextRow{"digits", "10", "10"}, TextRow{"sign", "+10", "10"},
                                         TextRow{"negative", "-1", "-1"},
                                         TextRow{"nothing", "", R"(strconv.Atoi: parsing "": invalid syntax)"},
                                         TextRow{"decimals", "1.5", R"(strconv.Atoi: parsing "1.5": invalid syntax)"},
                                         TextRow{"too_large", "9223372036854775808",
                                                 R"(strconv.Atoi: parsing "9223372036854775808": value out of range)"}),
                         [](const auto& row) { return row.param.name; });

class LabelName : public testing::TestWithParam<TextRow> {};

TEST_P(LabelName, is_read) { EXPECT_EQ(unescape_label_name(GetParam().text), GetParam().read); }

INSTANTIATE_TEST_SUITE_P(Names, LabelName,
                         testing::Values(TextRow{"plain", "job", "job"},
                                         TextRow{"escaped_dot", "U__http_2e_route", "http.route"},
                                         TextRow{"escaped_underscore", "U__a__b", "a_b"},
                                         TextRow{"escaped_rune", "U__snow_2603_man", "snow\xE2\x98\x83man"},
                                         TextRow{"unfinished", "U__a_2e", "U__a_2e"},
                                         TextRow{"no_digit", "U__a_2g_", "U__a_2g_"},
                                         TextRow{"surrogate", "U__a_d800_", "U__a_d800_"},
                                         TextRow{"too_many_digits", "U__a_0000041_", "U__a_0000041_"},
                                         TextRow{"underscore_at_the_end", "U__a_", "U__a_"}),
                         [](const auto& row) { return row.param.name; });

TEST(MatchParameters, are_read_in_order) {
  const auto sets = matchers_of({{"match[]", "up"}, {"start", "1"}, {"match[]", R"({job=~"a.*"})"}});
  ASSERT_TRUE(sets) << sets.error().what;
  ASSERT_EQ(sets->size(), 2u);
  EXPECT_EQ(sets->at(1), (std::vector<store::Matcher>{{"job", store::MatchOperator::kRegex, "a.*"}}));
}

struct MatchRow {
  const char* name;
  const char* selector;
};

class EmptyMatch : public testing::TestWithParam<MatchRow> {};

TEST_P(EmptyMatch, is_refused) {
  const auto sets = matchers_of({{"match[]", "up"}, {"match[]", GetParam().selector}});
  ASSERT_FALSE(sets);
  EXPECT_EQ(sets.error().type, serve::ApiErrorType::kBadData);
}

INSTANTIATE_TEST_SUITE_P(Selectors, EmptyMatch,
                         testing::Values(MatchRow{"of_all_series", "{}"}, MatchRow{"of_any_value", R"({job=~".*"})"},
                                         MatchRow{"of_another_value", R"({job!="a"})"}, MatchRow{"no_selector", "1"},
                                         MatchRow{"unfinished", "up{"}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace sonde::app
