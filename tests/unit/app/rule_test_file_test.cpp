#include "app/rule_test_file.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "app/rule_set.h"

namespace sonde::app {
namespace {

using namespace std::chrono_literals;

TEST(RuleTestFile, reads_what_promtool_reads) {
  const RuleTestFile file = read_rule_test_file(R"(
rule_files: [a.yml, 'b/*.yml']
evaluation_interval: 30s
group_eval_order: [second, first]
fuzzy_compare: true
tests:
  - name: a story
    interval: 15s
    input_series:
      - {series: 'up{job="a"}', values: '1 _ stale 2+3x2'}
    alert_rule_test:
      - eval_time: 10m
        alertname: Down
        exp_alerts:
          - exp_labels: {severity: page, job: a}
            exp_annotations: {summary: it is down}
    promql_expr_test:
      - expr: up > 0
        eval_time: 1m
        exp_samples:
          - {labels: 'up{job="a"}', value: -1e3}
          - {value: .nan}
    external_labels: {region: eu}
    external_url: http://host/
)",
                                                "t.yml");
  EXPECT_EQ(render_faults(file.faults), "");
  EXPECT_EQ(file.rule_files, (std::vector<std::string>{"a.yml", "b/*.yml"}));
  EXPECT_EQ(file.evaluation_interval, 30s);
  EXPECT_EQ(file.group_order, (std::vector<std::string>{"second", "first"}));
  EXPECT_TRUE(file.fuzzy_compare);
  ASSERT_EQ(file.tests.size(), 1U);
  const RuleTest& test = file.tests[0];
  EXPECT_EQ(test.name, "a story");
  EXPECT_EQ(test.interval, 15s);
  ASSERT_EQ(test.series.size(), 1U);
  EXPECT_EQ(test.series[0].labels, (store::Labels{{"__name__", "up"}, {"job", "a"}}));
  EXPECT_EQ(test.series[0].points.size(), 6U);
  ASSERT_EQ(test.alerts.size(), 1U);
  EXPECT_EQ(test.alerts[0].at, 10min);
  ASSERT_EQ(test.alerts[0].expected.size(), 1U);
  EXPECT_EQ(test.alerts[0].expected[0].labels,
            (store::Labels{{"alertname", "Down"}, {"job", "a"}, {"severity", "page"}}));
  EXPECT_EQ(test.alerts[0].expected[0].annotations, (store::Labels{{"summary", "it is down"}}));
  ASSERT_EQ(test.expressions.size(), 1U);
  ASSERT_EQ(test.expressions[0].expected.size(), 2U);
  EXPECT_EQ(test.expressions[0].expected[0].value, -1000);
  EXPECT_TRUE(test.expressions[0].expected[1].labels.empty());
  EXPECT_TRUE(std::isnan(test.expressions[0].expected[1].value));
  EXPECT_EQ(test.external_labels, (store::Labels{{"region", "eu"}}));
  EXPECT_EQ(test.external_url, "http://host/");
}

TEST(RuleTestFile, has_no_more_points_than_fit_into_memory) {
  std::string text = "tests:\n- input_series:\n";
  for (int i = 0; i < 6; ++i) text += "  - {series: up, values: 1x900000}\n";
  EXPECT_EQ(render_faults(read_rule_test_file(text, "t").faults),
            "t:8:5: input_series: the file has more than 5000000 points\n");
}

TEST(RuleTestFile, has_the_intervals_of_promtool_where_it_gives_none) {
  const RuleTestFile file = read_rule_test_file("tests: [{}]", "t.yml");
  EXPECT_EQ(file.evaluation_interval, 1min);
  EXPECT_EQ(file.tests.at(0).interval, 1min);
  EXPECT_TRUE(read_rule_test_file("", "t.yml").faults.empty());
}

struct FaultRow {
  const char* name;
  const char* text;
  const char* faults;
};

class RuleTestFileFault : public testing::TestWithParam<FaultRow> {};

TEST_P(RuleTestFileFault, is_told_with_its_place) {
  EXPECT_EQ(render_faults(read_rule_test_file(GetParam().text, "t").faults), GetParam().faults);
}

INSTANTIATE_TEST_SUITE_P(
    Files, RuleTestFileFault,
    testing::Values(
        FaultRow{"no_yaml", "tests: [", "t:1:1: a list opened with '[' should be closed with ']' before this\n"},
        FaultRow{"no_mapping", "[1]", "t:1:1: a file of unit tests is a mapping with 'rule_files' and 'tests'\n"},
        FaultRow{"unknown_field", "rule_file: [a]",
                 "t:1:1: there is no field 'rule_file' here; did you mean rule_files?\n"},
        FaultRow{"unknown_field_below", "tests:\n - alert_rule_tests: []",
                 "t:2:4: there is no field 'alert_rule_tests' here; did you mean alert_rule_test?\n"},
        FaultRow{"twice", "tests: []\ntests: []", "t:2:1: 'tests' is given twice\n"},
        FaultRow{"no_list", "tests: 7", "t:1:8: 'tests' must be a list\n"},
        FaultRow{"no_test", "tests: [7]", "t:1:9: each of 'tests' is a mapping\n"},
        FaultRow{"no_duration", "evaluation_interval: soon",
                 "t:1:22: evaluation_interval: 'soon' is not a duration; write it like 30s, 5m, 1h30m or 250ms\n"},
        FaultRow{"far_too_often", "evaluation_interval: 1ms", "t:1:22: evaluation_interval: at least 100ms\n"},
        FaultRow{"too_long", "tests: [{promql_expr_test: [{expr: a, eval_time: 10y}]}]",
                 "t:1:50: eval_time: longer than a year\n"},
        FaultRow{"no_series", "tests: [{input_series: [{values: 1}]}]",
                 "t:1:25: an input series needs 'series', such as up{job=\"a\"}\n"},
        FaultRow{"bad_values", "tests: [{input_series: [{series: up, values: 1 two}]}]",
                 "t:1:25: input_series: column 6: this is no point\n"},
        FaultRow{"native_histogram", "tests: [{input_series: [{series: up, values: '{{schema:0}}'}]}]",
                 "t:1:25: input_series: there are no native histograms\n"},
        FaultRow{"no_alertname", "tests: [{alert_rule_test: [{eval_time: 1m}]}]",
                 "t:1:28: an item of alert_rule_test needs 'alertname'\n"},
        FaultRow{"no_expression", "tests: [{promql_expr_test: [{eval_time: 1m}]}]",
                 "t:1:29: an item of promql_expr_test needs 'expr'\n"},
        FaultRow{"no_value", "tests: [{promql_expr_test: [{expr: a, exp_samples: [{value: many}]}]}]",
                 "t:1:53: value: must be a number\n"},
        FaultRow{"sample_with_values", "tests: [{promql_expr_test: [{expr: a, exp_samples: [{labels: a 1}]}]}]",
                 "t:1:62: labels: must be a series, without values\n"},
        FaultRow{"labels_of_labels", "tests: [{external_labels: {a: {b: c}}}]", "t:1:31: 'a' must be a text\n"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace sonde::app
