#include "promql/type_check.h"

#include <gtest/gtest.h>

#include "promql/parser.h"

namespace sonde::promql {
namespace {

struct TypeRow {
  const char* text;
  const char* what;
};

class TypeFault : public testing::TestWithParam<TypeRow> {};

TEST_P(TypeFault, is_placed_and_worded_as_in_prometheus) {
  const auto expression = parse(GetParam().text);
  ASSERT_FALSE(expression) << to_text(**expression);
  EXPECT_EQ(expression.error().what, std::string(GetParam().what));
}

INSTANTIATE_TEST_SUITE_P(
    Calls, TypeFault,
    testing::Values(
        TypeRow{"rate(a)",
                R"(1:6: parse error: expected type range vector in call to function "rate", got instant vector)"},
        TypeRow{"abs(a[5m])",
                R"(1:5: parse error: expected type instant vector in call to function "abs", got range vector)"},
        TypeRow{"vector('a')", R"(1:8: parse error: expected type scalar in call to function "vector", got string)"},
        TypeRow{"label_join(a, 'b', 'c', 1)",
                R"(1:25: parse error: expected type string in call to function "label_join", got scalar)"},
        TypeRow{"label_join(a, 'b', 'c', 'd', 1)",
                R"(1:30: parse error: expected type string in call to function "label_join", got scalar)"},
        TypeRow{"time(1)", R"(1:1: parse error: expected 0 argument(s) in call to "time", got 1)"},
        TypeRow{"clamp(a, 1)", R"(1:1: parse error: expected 3 argument(s) in call to "clamp", got 2)"},
        TypeRow{"label_join(a, 'b')",
                R"(1:1: parse error: expected at least 3 argument(s) in call to "label_join", got 2)"},
        TypeRow{"label_join(a)", R"(1:1: parse error: expected at least 3 argument(s) in call to "label_join", got 1)"},
        TypeRow{"round(a, 1, 2)", R"(1:1: parse error: expected at most 2 argument(s) in call to "round", got 3)"},
        TypeRow{"sum(1)", "1:5: parse error: expected type instant vector in aggregation expression, got scalar"},
        TypeRow{"topk(b, a)", "1:6: parse error: expected type scalar in aggregation parameter, got instant vector"},
        TypeRow{"count_values(1, a)", "1:14: parse error: expected type string in aggregation parameter, got scalar"},
        TypeRow{
            "-a[5m]",
            R"(1:1: parse error: unary expression only allowed on expressions of type scalar or instant vector, got "range vector")"},
        TypeRow{
            "-'a'",
            R"(1:1: parse error: unary expression only allowed on expressions of type scalar or instant vector, got "string")"},
        TypeRow{"1[5m:]", "1:1: parse error: subquery is only allowed on instant vector, got scalar instead"},
        TypeRow{"a[5m][5m:]", "1:1: parse error: subquery is only allowed on instant vector, got matrix instead"}));

INSTANTIATE_TEST_SUITE_P(
    Operators, TypeFault,
    testing::Values(
        TypeRow{"1 == 1", "1:3: parse error: comparisons between scalars must use BOOL modifier"},
        TypeRow{"a + bool b", "1:3: parse error: bool modifier can only be used on comparison operators"},
        TypeRow{"a[5m] + 1", "1:1: parse error: binary expression must contain only scalar and instant vector types"},
        TypeRow{"1 + 'a'", "1:5: parse error: binary expression must contain only scalar and instant vector types"},
        TypeRow{"a and 1", R"(1:1: parse error: set operator "and" not allowed in binary scalar expression)"},
        TypeRow{"a + on(b) 1", "1:1: parse error: vector matching only allowed between instant vectors"},
        TypeRow{"a or on(b) group_left c", R"(1:1: parse error: no grouping allowed for "or" operation)"},
        TypeRow{"a + on(b) group_left(b) c",
                R"(1:3: parse error: label "b" must not occur in ON and GROUP clause at once)"}));

INSTANTIATE_TEST_SUITE_P(
    Selectors, TypeFault,
    testing::Values(TypeRow{"{}", "1:1: parse error: vector selector must contain at least one non-empty matcher"},
                    TypeRow{"1 + {a='', b!='x', c=~'.*', d!~'.+'}",
                            "1:5: parse error: vector selector must contain at least one non-empty matcher"},
                    TypeRow{"rate({a=''}[5m])",
                            "1:6: parse error: vector selector must contain at least one non-empty matcher"},
                    TypeRow{"a{__name__='b'}", R"(1:1: parse error: metric name must not be set twice: "a" or "b")"},
                    TypeRow{"a{'b'}", R"(1:1: parse error: metric name must not be set twice: "a" or "b")"}));

class WellTyped : public testing::TestWithParam<const char*> {};

TEST_P(WellTyped, passes) {
  const auto expression = parse(GetParam());
  EXPECT_TRUE(expression) << expression.error().what;
}

INSTANTIATE_TEST_SUITE_P(Expressions, WellTyped,
                         testing::Values("1 == bool 1", "a == 1", "1 + on() 2", "{a!=''}", "{a=~'.+'}", "{a!~''}",
                                         "hour()", "hour(a)", "round(a)", "round(a, 5)", "label_join(a, 'b', 'c')",
                                         "label_join(a, 'b', 'c', 'd', 'e')", "count_values('x', a)", "time() - 5m",
                                         "a + on(b) group_left(c) d", "a + ignoring(b) group_left(b) d",
                                         "a and on(b) c", "scalar(a) + 1", "(a[5m])", "'text'", "rate((a[5m]))"));

TEST(FunctionTable, has_a_row_of_its_own_for_every_function) {
  for (std::size_t i = 0; i < static_cast<std::size_t>(Function::kCount); ++i) {
    const FunctionSpec& spec = spec_of(static_cast<Function>(i));
    EXPECT_EQ(static_cast<std::size_t>(spec.function), i);
    EXPECT_EQ(find_function(spec.name), &spec);
    EXPECT_FALSE(is_experimental_function(spec.name));
  }
  EXPECT_EQ(find_function("sort_by_label"), nullptr);
  EXPECT_TRUE(is_experimental_function("sort_by_label"));
  EXPECT_FALSE(is_experimental_function("nope"));
}

}  // namespace
}  // namespace sonde::promql
