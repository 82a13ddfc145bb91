#include "app/rule_test_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "app/rule_sandbox.h"
#include "app/rule_set.h"
#include "rules/rule_file.h"

namespace sonde::app {
namespace {

using rules::Dialect;
using testing::HasSubstr;

/// What fails of one test over rules; both are YAML.
std::string failures_of(const std::string& rules, const std::string& tests, Dialect dialect = Dialect::kPrometheus) {
  const auto sandbox = RuleSandbox::create();
  rules::RuleFile read = rules::read_rule_file(rules, "r", (*sandbox)->language(), {.dialect = dialect});
  rules::name_rules(read.groups);
  const RuleTestFile file = read_rule_test_file(tests, "t");
  std::string text = render_faults(read.faults) + render_faults(file.faults);
  for (const RuleTest& test : file.tests) {
    for (const std::string& failure : run_rule_test(file, test, read.groups).failures) text += failure;
  }
  return text;
}

/// One rule in one group, and one test that is evaluated each minute.
std::string failures(const std::string& rule, const std::string& test, Dialect dialect = Dialect::kPrometheus) {
  return failures_of("groups: [{name: g, rules: [{alert: A, " + rule + "}]}]",
                     "tests: [{name: n, interval: 1m, " + test + "}]", dialect);
}

constexpr const char* kUp = "input_series: [{series: 'up{job=\"a\"}', values: '1x2 0x20'}]";

struct VerdictRow {
  const char* name;
  const char* rule;
  std::string test;
};

class PassingRuleTest : public testing::TestWithParam<VerdictRow> {};

TEST_P(PassingRuleTest, has_no_failure) { EXPECT_EQ(failures(GetParam().rule, GetParam().test), ""); }

const std::string kFires = ", exp_alerts: [{exp_labels: {job: a}}]}]";
const std::string kIsQuiet = "}]";

std::string at(const char* time) { return std::string(kUp) + ", alert_rule_test: [{alertname: A, eval_time: " + time; }

INSTANTIATE_TEST_SUITE_P(
    Verdicts, PassingRuleTest,
    testing::Values(
        VerdictRow{"fires_at_once", "expr: up == 0", at("3m") + kFires},
        VerdictRow{"is_quiet_before", "expr: up == 0", at("2m") + kIsQuiet},
        VerdictRow{"is_quiet_while_pending", "expr: up == 0, for: 5m", at("7m") + kIsQuiet},
        VerdictRow{"fires_once_for_is_over", "expr: up == 0, for: 5m", at("8m") + kFires},
        VerdictRow{"is_judged_by_the_evaluation_before", "expr: up == 0", at("3m59s") + kFires},
        VerdictRow{"goes_on_as_long_as_it_is_kept", "expr: up == 1, keep_firing_for: 5m", at("7m") + kFires},
        VerdictRow{"ends_once_it_is_not_kept", "expr: up == 1, keep_firing_for: 5m", at("8m") + kIsQuiet},
        VerdictRow{
            "has_settings_as_annotations", "expr: up == 0, annotations: {sonde_clear: up > 1, sonde_breaches: many}",
            at("3m") + ", exp_alerts: [{exp_labels: {job: a}, exp_annotations: {sonde_clear: up > 1, sonde_breaches: "
                       "many}}]}]"},
        VerdictRow{"writes_alerts", "expr: up == 0, for: 5m",
                   std::string(kUp) + ", promql_expr_test: [{expr: ALERTS, eval_time: 7m, exp_samples: [{labels: "
                                      "'ALERTS{alertname=\"A\",alertstate=\"pending\",job=\"a\"}', value: 1}]}, {expr: "
                                      "ALERTS_FOR_STATE, eval_time: 7m, exp_samples: [{labels: "
                                      "'ALERTS_FOR_STATE{alertname=\"A\",job=\"a\"}', value: 180}]}]"},
        VerdictRow{"knows_scalars", "expr: up == 0",
                   "promql_expr_test: [{expr: time(), eval_time: 1m, exp_samples: [{value: 60}]}]"},
        VerdictRow{"has_the_worlds_labels",
                   "expr: up == 0, labels: {at: '{{ $externalLabels.region }} {{ $externalURL }}'}",
                   std::string(kUp) +
                       ", external_labels: {region: eu}, external_url: 'http://h', alert_rule_test: [{alertname: A, "
                       "eval_time: 3m, exp_alerts: [{exp_labels: {job: a, at: eu http://h}}]}]"},
        VerdictRow{"ends_stale_series", "expr: absent(up)",
                   "input_series: [{series: up, values: '1 stale'}], alert_rule_test: [{alertname: A, eval_time: 1m, "
                   "exp_alerts: [{}]}]"},
        VerdictRow{"looks_back_over_gaps", "expr: absent(up)",
                   "input_series: [{series: up, values: '1 _x4'}], alert_rule_test: [{alertname: A, eval_time: 4m}]"}),
    [](const auto& row) { return row.param.name; });

TEST(RuleTestRun, tells_what_fires_and_what_does_not) {
  EXPECT_EQ(failures("expr: up == 0, annotations: {s: down}",
                     at("3m") + ", exp_alerts: [{exp_labels: {job: b}, exp_annotations: {s: down}}]}]"),
            "    name: n,\n    alertname: A, time: 3m\n"
            "      expected, and does not fire: {alertname=\"A\", job=\"b\"}\n        s: down\n"
            "      fires, and is not expected: {alertname=\"A\", job=\"a\"}\n        s: down\n");
}

TEST(RuleTestRun, tells_how_annotations_differ) {
  EXPECT_EQ(failures("expr: up == 0, annotations: {s: down, t: same}",
                     at("3m") + ", exp_alerts: [{exp_labels: {job: a}, exp_annotations: {s: Down, t: same, u: x}}]}]"),
            "    name: n,\n    alertname: A, time: 3m\n"
            "      fires with other annotations: {alertname=\"A\", job=\"a\"}\n"
            "        s:\n          expected 'Down'\n          got      'down'\n"
            "        u:\n          expected 'x'\n          got      nothing\n");
}

TEST(RuleTestRun, tells_how_samples_differ) {
  EXPECT_EQ(
      failures("expr: up == 0", std::string(kUp) +
                                    ", promql_expr_test: [{expr: up, eval_time: 3m, exp_samples: [{labels: "
                                    "'up{job=\"a\"}', value: 1}, {labels: 'down', value: 2}]}]"),
      "    name: n,\n    expr: up, time: 3m\n"
      "      {__name__=\"up\", job=\"a\"}: expected 1, got 0\n      {__name__=\"down\"}: expected 2, got nothing\n");
}

TEST(RuleTestRun, ends_with_a_rule_that_fails) {
  const std::string text =
      failures("expr: up + on () up",
               "input_series: [{series: 'up{a=\"1\"}', values: 1}, {series: 'up{a=\"2\"}', values: "
               "1}], alert_rule_test: [{alertname: A, eval_time: 0s, exp_alerts: [{}]}]");
  EXPECT_THAT(text, HasSubstr("    rule: A, time: 0s\n"));
  EXPECT_THAT(text, HasSubstr("many-to-many"));
  EXPECT_EQ(text.find("does not fire"), std::string::npos);
}

TEST(RuleTestRun, evaluates_rules_after_those_whose_series_they_read) {
  const std::string rules =
      "groups: [{name: g, rules: [{record: 'up:not', expr: 1 - up}, {alert: A, expr: 'up:not > 0'}, {alert: B, expr: "
      "'ALERTS{alertname=\"A\"}'}]}]";
  const std::string tests =
      "tests: [{" + std::string(kUp) +
      ", alert_rule_test: [{alertname: A, eval_time: 3m, exp_alerts: [{exp_labels: {job: a}}]}, "
      "{alertname: B, eval_time: 3m, exp_alerts: [{exp_labels: {job: a, alertstate: firing}}]}]}]";
  EXPECT_EQ(failures_of(rules, tests), "");
}

TEST(RuleTestRun, judges_by_the_settings_if_it_is_told_to) {
  const char* rule = "expr: up == 0, annotations: {sonde_breaches: '3'}";
  const auto wants = [](const char* time) {
    return at(time) + ", exp_alerts: [{exp_labels: {job: a}, exp_annotations: {sonde_breaches: '3'}}]}]";
  };
  EXPECT_EQ(failures(rule, wants("4m")), "");
  EXPECT_EQ(failures(rule, at("4m") + kIsQuiet, Dialect::kSonde), "");
  EXPECT_EQ(failures(rule, wants("5m"), Dialect::kSonde), "");
}

}  // namespace
}  // namespace sonde::app
