#include "promql/parser.h"

#include <gtest/gtest.h>

#include <string>
#include <variant>

namespace sonde::promql {
namespace {

ExpressionPtr parsed(std::string_view text) {
  auto expression = parse(text);
  EXPECT_TRUE(expression) << text << ": " << (expression ? "" : expression.error().what);
  return expression ? std::move(*expression) : nullptr;
}

template <class Node>
const Node& node_of(const ExpressionPtr& expression) {
  return std::get<Node>(expression->node);
}

/// The tree with parentheses around every operator.
std::string shape(const Expression& expression) {
  if (const auto* binary = std::get_if<Binary>(&expression.node)) {
    return "(" + shape(*binary->left) + to_text(expression)[to_text(*binary->left).size() + 1] + shape(*binary->right) +
           ")";
  }
  if (const auto* unary = std::get_if<Unary>(&expression.node)) {
    return std::string(unary->negative ? "(-" : "(+") + shape(*unary->inner) + ")";
  }
  return to_text(expression);
}

struct ShapeRow {
  const char* text;
  const char* shape;
};

class ShapeCase : public testing::TestWithParam<ShapeRow> {};

TEST_P(ShapeCase, binds_as_in_prometheus) { EXPECT_EQ(shape(*parsed(GetParam().text)), GetParam().shape); }

INSTANTIATE_TEST_SUITE_P(Binding, ShapeCase,
                         testing::Values(ShapeRow{"1 + 2 * 3", "(1+(2*3))"}, ShapeRow{"a - b - c", "((a-b)-c)"},
                                         ShapeRow{"a ^ b ^ c", "(a^(b^c))"}, ShapeRow{"a or b and c", "(ao(bac))"},
                                         ShapeRow{"a unless b and c", "((aub)ac)"}, ShapeRow{"a == b + c", "(a=(b+c))"},
                                         ShapeRow{"-1 ^ 2", "(-(1^2))"}, ShapeRow{"-a * b", "((-a)*b)"},
                                         ShapeRow{"a ^ -b * c", "((a^(-b))*c)"}, ShapeRow{"a ^ -b ^ c", "(a^(-(b^c)))"},
                                         ShapeRow{"-1 + 2", "(-1+2)"}, ShapeRow{"- -1", "1"},
                                         ShapeRow{"+-a", "(+(-a))"}, ShapeRow{"a atan2 b % c", "((aab)%c)"},
                                         ShapeRow{"-a offset 5m", "(-a offset 5m)"},
                                         ShapeRow{"a offset -2 ^ 2", "(a offset -2s^2)"},
                                         ShapeRow{"a + b @ 3", "(a+b @ 3.000)"}));

TEST(Selector, has_its_name_as_the_last_matcher) {
  const ExpressionPtr expression = parsed(R"(up{job=~"a.*",instance!='b',})");
  const auto& selector = node_of<VectorSelector>(expression);
  EXPECT_EQ(selector.name, "up");
  const std::vector<store::Matcher> expected{{"job", store::MatchOperator::kRegex, "a.*"},
                                             {"instance", store::MatchOperator::kNotEqual, "b"},
                                             {"__name__", store::MatchOperator::kEqual, "up"}};
  EXPECT_EQ(selector.matchers, expected);
  EXPECT_EQ(expression->type, ValueType::kVector);
}

TEST(Selector, may_quote_names_that_are_no_identifiers) {
  const ExpressionPtr expression = parsed(R"({"my.metric", "label with ö" !~ `x`})");
  const auto& selector = node_of<VectorSelector>(expression);
  EXPECT_TRUE(selector.name.empty());
  const std::vector<store::Matcher> expected{{"__name__", store::MatchOperator::kEqual, "my.metric"},
                                             {"label with ö", store::MatchOperator::kNotRegex, "x"}};
  EXPECT_EQ(selector.matchers, expected);
}

TEST(Selector, may_be_called_like_a_keyword) {
  for (const char* name : {"sum", "by", "offset", "or", "start", "limitk", "range", "without", "job:x:y"}) {
    EXPECT_EQ(node_of<VectorSelector>(parsed(name)).name, name);
    EXPECT_EQ(node_of<VectorSelector>(parsed(std::string(name) + "{a='b'}")).name, name);
  }
}

TEST(Selector, takes_offset_and_at_in_either_order) {
  for (const char* text : {"up offset -90 @ 1.5", "up @ 1.5 offset -1m30s", "up @ +1.5 offset - 1m30s"}) {
    const TimeShift shift = node_of<VectorSelector>(parsed(text)).shift;
    EXPECT_EQ(shift.offset_ms, -90'000) << text;
    EXPECT_EQ(shift.at, AtKind::kTimestamp);
    EXPECT_EQ(shift.at_ms, 1500);
  }
  EXPECT_EQ(node_of<VectorSelector>(parsed("up @ start()")).shift.at, AtKind::kStart);
  EXPECT_EQ(node_of<VectorSelector>(parsed("up @ end()")).shift.at, AtKind::kEnd);
  EXPECT_EQ(node_of<VectorSelector>(parsed("up @ -1.5")).shift.at_ms, -1500);
}

TEST(Range, is_a_duration_or_a_number_of_seconds) {
  EXPECT_EQ(node_of<MatrixSelector>(parsed("up[1h30m]")).range_ms, 5'400'000);
  EXPECT_EQ(node_of<MatrixSelector>(parsed("up[ 300 ]")).range_ms, 300'000);
  EXPECT_EQ(node_of<MatrixSelector>(parsed("up[0x10]")).range_ms, 16'000);
  EXPECT_EQ(node_of<MatrixSelector>(parsed("up[.0001]")).range_ms, 1);
  EXPECT_EQ(node_of<MatrixSelector>(parsed("up[5m] offset 1m")).selector.shift.offset_ms, 60'000);
}

TEST(Subquery, may_leave_its_step_open) {
  const ExpressionPtr expression = parsed("rate(up[5m])[1h:] @ end() offset 1m");
  const auto& subquery = node_of<Subquery>(expression);
  EXPECT_EQ(subquery.range_ms, 3'600'000);
  EXPECT_EQ(subquery.step_ms, 0);
  EXPECT_EQ(subquery.shift.at, AtKind::kEnd);
  EXPECT_EQ(subquery.shift.offset_ms, 60'000);
  EXPECT_EQ(node_of<Subquery>(parsed("up[1h:30]")).step_ms, 30'000);
}

TEST(Number, may_be_a_duration) {
  EXPECT_EQ(node_of<NumberLiteral>(parsed("5m")).value, 300);
  EXPECT_EQ(node_of<NumberLiteral>(parsed("-100ms")).value, -0.1);
}

TEST(Aggregation, takes_its_labels_before_or_behind) {
  for (const char* text : {"topk without (a, \"b.c\", on) (3, up)", "topk(3, up) without(a, 'b.c', on,)"}) {
    const ExpressionPtr expression = parsed(text);
    const auto& aggregation = node_of<Aggregation>(expression);
    EXPECT_EQ(aggregation.op, Aggregator::kTopk);
    EXPECT_TRUE(aggregation.without);
    EXPECT_EQ(aggregation.grouping, (std::vector<std::string>{"a", "b.c", "on"}));
    EXPECT_EQ(node_of<NumberLiteral>(aggregation.parameter).value, 3);
    EXPECT_EQ(node_of<VectorSelector>(aggregation.inner).name, "up");
  }
}

TEST(Binary, reads_how_its_sides_match) {
  const ExpressionPtr expression = parsed("a > bool on (x) group_right (y, z) b");
  const auto& binary = node_of<Binary>(expression);
  EXPECT_TRUE(binary.return_bool);
  ASSERT_TRUE(binary.matching);
  EXPECT_TRUE(binary.matching->on);
  EXPECT_EQ(binary.matching->cardinality, Cardinality::kOneToMany);
  EXPECT_EQ(binary.matching->labels, std::vector<std::string>{"x"});
  EXPECT_EQ(binary.matching->include, (std::vector<std::string>{"y", "z"}));
  EXPECT_EQ(node_of<Binary>(parsed("a and b")).matching->cardinality, Cardinality::kManyToMany);
  EXPECT_EQ(node_of<Binary>(parsed("a + 1")).matching, std::nullopt);
  EXPECT_EQ(node_of<Binary>(parsed("a / ignoring(x) group_left b")).matching->cardinality, Cardinality::kManyToOne);
}

TEST(Expression, knows_where_it_stands_and_how_high_it_is) {
  const ExpressionPtr expression = parsed(" sum ( up offset 5m ) + -3 ");
  EXPECT_EQ(expression->span.begin, 1u);
  EXPECT_EQ(expression->span.end, 26u);
  EXPECT_EQ(expression->height, 3u);
  const auto& binary = node_of<Binary>(expression);
  EXPECT_EQ(binary.left->span.end, 21u);
  EXPECT_EQ(node_of<Aggregation>(binary.left).inner->span.end, 19u);
  EXPECT_EQ(binary.right->span.begin, 24u);
}

TEST(Match, gives_the_matchers_of_a_selector) {
  const auto matchers = parse_selector(R"(up{job="a"})");
  ASSERT_TRUE(matchers);
  EXPECT_EQ(matchers->size(), 2u);
  EXPECT_EQ(parse_selector("up offset 5m").error().what, "1:4: parse error: unexpected <offset>");
  EXPECT_EQ(parse_selector("1").error().what, R"(1:1: parse error: unexpected number "1")");
  EXPECT_EQ(parse_selector(R"({a=~"["})").error().kind, QueryErrorKind::kBadData);
}

}  // namespace
}  // namespace sonde::promql
