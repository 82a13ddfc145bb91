#include "serve/json_text.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

namespace sonde::serve {
namespace {

struct StringRow {
  const char* name;
  std::string text;
  const char* json;
};

class StringCase : public testing::TestWithParam<StringRow> {};

TEST_P(StringCase, is_written) {
  std::string json;
  append_json_string(json, GetParam().text);
  EXPECT_EQ(json, GetParam().json);
}

INSTANTIATE_TEST_SUITE_P(Strings, StringCase,
                         testing::Values(StringRow{"nothing", "", R"("")"},
                                         StringRow{"plain", "up{job=~'a'}", R"("up{job=~'a'}")"},
                                         StringRow{"quotes_and_backslashes", R"(a"b\c)", R"("a\"b\\c")"},
                                         StringRow{"line_breaks", "a\nb\rc\td", R"("a\nb\rc\td")"},
                                         StringRow{"control_characters", std::string("\0\x1f", 2), R"("\u0000\u001f")"},
                                         StringRow{"utf8", "\xC3\xBC\xF0\x9F\x92\xA9", "\"\xC3\xBC\xF0\x9F\x92\xA9\""},
                                         StringRow{"what_is_no_utf8", "a\xFFz", "\"a\xEF\xBF\xBDz\""}),
                         [](const auto& row) { return row.param.name; });

struct ValueRow {
  const char* name;
  double value;
  const char* json;
};

class ValueCase : public testing::TestWithParam<ValueRow> {};

TEST_P(ValueCase, is_written) {
  std::string json;
  append_json_value(json, GetParam().value);
  EXPECT_EQ(json, GetParam().json);
}

// What Prometheus' util/jsonutil/marshal.go makes of them.
INSTANTIATE_TEST_SUITE_P(
    Values, ValueCase,
    testing::Values(ValueRow{"zero", 0, R"("0")"}, ValueRow{"negative_zero", -0.0, R"("-0")"},
                    ValueRow{"integer", -12345, R"("-12345")"}, ValueRow{"fraction", 0.1, R"("0.1")"},
                    ValueRow{"all_digits", 1.0 / 3, R"("0.3333333333333333")"},
                    ValueRow{"smallest_without_exponent", 1e-6, R"("0.000001")"},
                    ValueRow{"small", 9.99e-7, R"("9.99e-07")"}, ValueRow{"tiny", 5e-324, R"("5e-324")"},
                    ValueRow{"beyond_exact_integers", 9007199254740993e1, R"("90071992547409940")"},
                    ValueRow{"largest_without_exponent", 123456789012345678901.0, R"("123456789012345680000")"},
                    ValueRow{"large", 1e21, R"("1e+21")"}, ValueRow{"negative_large", -1.5e300, R"("-1.5e+300")"},
                    ValueRow{"infinity", std::numeric_limits<double>::infinity(), R"("+Inf")"},
                    ValueRow{"negative_infinity", -std::numeric_limits<double>::infinity(), R"("-Inf")"},
                    ValueRow{"no_number", std::numeric_limits<double>::quiet_NaN(), R"("NaN")"}),
    [](const auto& row) { return row.param.name; });

struct TimeRow {
  const char* name;
  std::int64_t at_ms;
  const char* json;
};

class WrittenTime : public testing::TestWithParam<TimeRow> {};

TEST_P(WrittenTime, is_written) {
  std::string json;
  append_json_time(json, GetParam().at_ms);
  EXPECT_EQ(json, GetParam().json);
}

INSTANTIATE_TEST_SUITE_P(Times, WrittenTime,
                         testing::Values(TimeRow{"whole_seconds", 1'435'781'451'000, "1435781451"},
                                         TimeRow{"milliseconds", 1'435'781'451'781, "1435781451.781"},
                                         TimeRow{"leading_zeros", 1'005, "1.005"}, TimeRow{"tenths", 1'500, "1.500"},
                                         TimeRow{"epoch", 0, "0"}, TimeRow{"before_it", -1'050, "-1.050"},
                                         TimeRow{"the_smallest", std::numeric_limits<std::int64_t>::min(),
                                                 "-9223372036854775.808"}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace sonde::serve
