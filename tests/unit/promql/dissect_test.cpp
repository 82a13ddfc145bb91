#include "promql/dissect.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "promql/parser.h"

namespace sonde::promql {
namespace {

struct Row {
  const char* name;
  const char* expression;
  const char* presence;
  const char* coverage;
  std::int64_t range_ms;
};

std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }

class Dissect : public testing::TestWithParam<Row> {};

TEST_P(Dissect, says_what_is_compared_and_what_has_to_be_there) {
  const auto facts = dissect(GetParam().expression);
  ASSERT_TRUE(facts) << facts.error().what;
  EXPECT_EQ(facts->presence, GetParam().presence);
  EXPECT_EQ(facts->coverage, GetParam().coverage);
  EXPECT_EQ(facts->range_ms, GetParam().range_ms);
  EXPECT_EQ(facts->type, ValueType::kVector);
  for (const std::string& text : {facts->presence, facts->coverage}) {
    if (text.empty()) continue;
    const auto parsed = parse(text);
    EXPECT_TRUE(parsed) << text << ": " << parsed.error().what;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Expressions, Dissect,
    testing::Values(Row{"a_series", "up == 0", "up", "", 0}, Row{"a_threshold_on_the_left", "90 < cpu", "cpu", "", 0},
                    Row{"a_rate", "rate(a[5m]) > 1", "rate(a[5m])", "count_over_time(a[5m])", 300'000},
                    Row{"a_share", "sum by (job) (rate(e[5m])) / sum by (job) (rate(t[10m])) > 0.1",
                        "sum by (job) (rate(e[5m])) / sum by (job) (rate(t[10m]))",
                        "max by (job) (count_over_time(t[10m]))", 600'000},
                    Row{"a_quantile", "histogram_quantile(0.95, sum by (job, le) (rate(b[5m]))) > 1",
                        "histogram_quantile(0.95, sum by (job, le) (rate(b[5m])))",
                        "max without (le) (max by (job,le) (count_over_time(b[5m])))", 300'000},
                    Row{"two_conditions", "(a > 1) and on (x) (b > 2)", "a", "", 0},
                    Row{"a_condition_with_a_gate", "a > 1 unless c", "a", "", 0},
                    Row{"alternatives", "a > 1 or b < 2", "(a) or (b)", "", 0},
                    Row{"nothing_compared", "changes(a[1h])", "", "count_over_time(a[1h])", 3'600'000},
                    Row{"existence", "absent(a)", "", "", 0}, Row{"a_join", "a > on (x) group_right () b", "b", "", 0},
                    Row{"a_bool", "a > bool 1", "", "", 0},
                    Row{"a_prediction", "predict_linear(free[6h], 14400) < 0", "predict_linear(free[6h], 14400)",
                        "count_over_time(free[6h])", 21'600'000}),
    [](const auto& instance) { return std::string(instance.param.name); });

TEST(DissectSelectors, lists_every_series_that_is_read) {
  const auto facts = dissect(R"(sum(rate(a{x="1"}[5m])) / b > on () group_left () {__name__=~"c.*"} or a)");
  ASSERT_TRUE(facts) << facts.error().what;
  EXPECT_EQ(facts->metrics, (std::vector<std::string>{"a", "b"}));
  ASSERT_EQ(facts->selectors.size(), 4U);
  EXPECT_EQ(facts->selectors[0].size(), 2U);
  EXPECT_EQ(facts->selectors[2].front().value, "c.*");
}

struct ThresholdRow {
  const char* expression;
  bool above;
  bool inclusive;
  double value;
  const char* text;
};

TEST(DissectThreshold, is_the_number_at_the_top_and_where_it_stands) {
  for (const ThresholdRow& row :
       {ThresholdRow{"a > 90", true, false, 90, "90"}, ThresholdRow{"0.5 >= sum(a)", false, true, 0.5, "0.5"},
        ThresholdRow{"(a <= -1) and b > 3", false, true, -1, "-1"},
        ThresholdRow{"a > (2) unless b", true, false, 2, "(2)"}}) {
    const auto facts = dissect(row.expression);
    ASSERT_TRUE(facts) << facts.error().what;
    ASSERT_TRUE(facts->threshold) << row.expression;
    EXPECT_EQ(facts->threshold->above, row.above) << row.expression;
    EXPECT_EQ(facts->threshold->inclusive, row.inclusive) << row.expression;
    EXPECT_EQ(facts->threshold->value, row.value) << row.expression;
    const std::size_t length = facts->threshold->end - facts->threshold->begin;
    EXPECT_EQ(std::string(row.expression).substr(facts->threshold->begin, length), row.text);
  }
  for (const char* expression : {"a", "a > b", "a > bool 1", "a == 1", "a > 1 or b > 2"}) {
    EXPECT_FALSE(dissect(expression)->threshold) << expression;
  }
}

TEST(DissectFaults, are_those_of_the_parser) {
  const auto facts = dissect("sum(");
  ASSERT_FALSE(facts);
  EXPECT_NE(facts.error().what.find("parse error"), std::string::npos) << facts.error().what;
}

}  // namespace
}  // namespace sonde::promql
