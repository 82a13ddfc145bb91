#include <gtest/gtest.h>

#include <string>

#include "promql/parser.h"

namespace sonde::promql {
namespace {

struct FaultRow {
  const char* text;
  const char* what;
};

class ParserFault : public testing::TestWithParam<FaultRow> {};

TEST_P(ParserFault, is_placed_and_worded_as_in_prometheus) {
  const auto expression = parse(GetParam().text);
  ASSERT_FALSE(expression) << to_text(**expression);
  EXPECT_EQ(expression.error().what, GetParam().what);
  EXPECT_EQ(expression.error().kind, QueryErrorKind::kBadData);
}

INSTANTIATE_TEST_SUITE_P(Places, ParserFault,
                         testing::Values(FaultRow{"", "unknown position: parse error: no expression found in input"},
                                         FaultRow{"# only words", "1:1: parse error: no expression found in input"},
                                         FaultRow{"a +", "1:4: parse error: unexpected end of input"},
                                         FaultRow{"a +\n\n  * b", "3:3: parse error: unexpected <op:*>"},
                                         FaultRow{"a\n+ b)", "2:5: parse error: unexpected right parenthesis ')'"},
                                         FaultRow{"a b", R"(1:3: parse error: unexpected identifier "b")"},
                                         FaultRow{"a = b", R"(1:3: parse error: unexpected "=")"},
                                         FaultRow{"a:b(c)", R"(1:4: parse error: unexpected "(")"},
                                         FaultRow{"()", R"_(1:2: parse error: unexpected ")")_"},
                                         FaultRow{"1 2m", R"(1:3: parse error: unexpected duration "2m")"},
                                         FaultRow{"on + a", "1:1: parse error: unexpected <on>"},
                                         FaultRow{"5m5m", R"(1:1: parse error: not a valid duration string: "5m5m")"}));

INSTANTIATE_TEST_SUITE_P(
    Selectors, ParserFault,
    testing::Values(
        FaultRow{"a{1}", "1:3: parse error: unexpected character inside braces: '1'"},
        FaultRow{"a{,}", R"(1:3: parse error: unexpected "," in label matching, expected identifier or "}")"},
        FaultRow{"a{b}", R"(1:4: parse error: unexpected "}" in label matching, expected label matching operator)"},
        FaultRow{"a{b=c}", R"(1:5: parse error: unexpected identifier "c" in label matching, expected string)"},
        FaultRow{"a{b='c' d}", R"(1:9: parse error: unexpected identifier "d" in label matching, expected "," or "}")"},
        FaultRow{"a{b=~'('}", "1:3: parse error: error parsing regexp: missing closing ): `(`"},
        FaultRow{"a{b!~'*'}", "1:3: parse error: error parsing regexp: missing argument to repetition operator: `*`"},
        FaultRow{"a @", "1:4: parse error: unexpected end of input in @, expected timestamp"},
        FaultRow{"a @ b", R"(1:5: parse error: unexpected identifier "b" in @, expected timestamp)"},
        FaultRow{"a @ Inf", "1:1: parse error: timestamp out of bounds for @ modifier: +Inf"},
        FaultRow{"a @ 1e19", "1:1: parse error: timestamp out of bounds for @ modifier: 10000000000000000000.000000"},
        FaultRow{"a @ 1 @ end()", "1:1: parse error: @ <timestamp> may not be set multiple times"},
        FaultRow{"sum(a) @ 1",
                 "1:1: parse error: @ modifier must be preceded by an instant vector selector or range vector selector "
                 "or a subquery"},
        FaultRow{"a offset",
                 "1:9: parse error: unexpected end of input in offset, expected number, duration, step(), or "
                 "range()"},
        FaultRow{"a offset 1m offset 2m", "1:1: parse error: offset may not be set multiple times"},
        FaultRow{"sum(a) offset 1m",
                 "1:1: parse error: offset modifier must be preceded by an instant vector selector or range vector "
                 "selector or a subquery"}));

INSTANTIATE_TEST_SUITE_P(
    Ranges, ParserFault,
    testing::Values(
        FaultRow{
            "a[]",
            R"(1:3: parse error: unexpected "]" in subquery or range selector, expected number, duration, step(), or range())"},
        FaultRow{"a[0]", "1:3: parse error: duration must be greater than 0"},
        FaultRow{"a[-5m]", "1:3: parse error: duration must be greater than 0"},
        FaultRow{"a[1e20]", "1:3: parse error: duration out of range"},
        FaultRow{"a[5m 6m]", R"(1:6: parse error: unexpected duration "6m" in subquery or range, expected ":" or "]")"},
        FaultRow{"a[5m:6m 7m]", R"(1:9: parse error: unexpected duration "7m" in subquery selector, expected "]")"},
        FaultRow{"(a)[5m]", "1:4: parse error: ranges only allowed for vector selectors"},
        FaultRow{"a offset 1m[5m]", "1:12: parse error: no offset modifiers allowed before range"},
        FaultRow{"a @ 1 [5m]", "1:7: parse error: no @ modifiers allowed before range"},
        FaultRow{"a[5m + 1m]", "1:3: parse error: experimental duration expression is not enabled"},
        FaultRow{"a[step()]", "1:3: parse error: experimental duration expression is not enabled"},
        FaultRow{"a offset (5m)", "1:11: parse error: experimental duration expression is not enabled"}));

INSTANTIATE_TEST_SUITE_P(
    Calls, ParserFault,
    testing::Values(
        FaultRow{"nope(a)", R"(1:1: parse error: unknown function with name "nope")"},
        FaultRow{"info(a)", R"(1:1: parse error: function "info" is not enabled)"},
        FaultRow{"abs(a,)", "1:6: parse error: trailing commas not allowed in function call args"},
        FaultRow{"abs(,a)", R"(1:5: parse error: unexpected ",")"},
        FaultRow{"sum()", "1:1: parse error: no arguments for aggregate expression provided"},
        FaultRow{"topk(a)",
                 "1:1: parse error: wrong number of arguments for aggregate expression provided, expected 2, "
                 "got 1"},
        FaultRow{"limitk(1, a)",
                 "1:1: parse error: limitk() is experimental and must be enabled with "
                 "--enable-feature=promql-experimental-functions"},
        FaultRow{"sum(a b)", R"(1:7: parse error: unexpected identifier "b" in aggregation)"},
        FaultRow{"sum(abs(a b))", R"(1:11: parse error: unexpected identifier "b" in aggregation)"},
        FaultRow{"sum by a (b)", R"(1:8: parse error: unexpected identifier "a" in grouping opts, expected "(")"},
        FaultRow{"sum by (1) (b)", R"(1:9: parse error: unexpected number "1" in grouping opts, expected label)"},
        FaultRow{"sum by (without) (a)", "1:9: parse error: unexpected <without> in grouping opts, expected label"},
        FaultRow{"sum by (a b) (c)",
                 R"_(1:11: parse error: unexpected identifier "b" in grouping opts, expected "," or ")")_"},
        FaultRow{"sum by (a,,b) (c)", R"(1:11: parse error: unexpected "," in grouping opts, expected label)"},
        FaultRow{"sum by ('') (c)", R"(1:9: parse error: invalid label name for grouping: "")"},
        FaultRow{"a + on b", R"(1:8: parse error: unexpected identifier "b" in grouping opts, expected "(")"}));

TEST(ParserLimit, refuses_nesting_that_would_overflow_the_stack) {
  const std::string deep = "nests deeper than 200 levels";
  const auto refuses = [&deep](const std::string& text) {
    const auto expression = parse(text);
    return !expression && expression.error().what.find(deep) != std::string::npos;
  };
  std::string sum = "1";
  std::string power = "1";
  std::string subqueries = "a";
  for (int i = 0; i < 300; ++i) {
    sum += "+1";
    power += "^1";
    subqueries += "[5m:]";
  }
  EXPECT_TRUE(refuses(std::string(60'000, '(')));
  EXPECT_TRUE(refuses(std::string(60'000, '-') + "1"));
  EXPECT_TRUE(refuses("a[" + std::string(60'000, '-') + "1]"));
  EXPECT_TRUE(refuses(sum));
  EXPECT_TRUE(refuses(power));
  EXPECT_TRUE(refuses(subqueries));
  EXPECT_TRUE(parse(std::string(150, '(') + "1" + std::string(150, ')')));
}

TEST(ParserLimit, refuses_text_beyond_the_allowed_size) {
  EngineOptions options;
  options.max_expression_bytes = 10;
  EXPECT_TRUE(parse("1234567890", options));
  EXPECT_EQ(parse("12345678901", options).error().what, "1:1: parse error: expression is longer than 10 bytes");
}

}  // namespace
}  // namespace sonde::promql
