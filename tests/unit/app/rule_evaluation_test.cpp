#include "rules/evaluation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "unit/app/rule_fixture.h"

namespace sonde::app {
namespace {

using namespace std::chrono_literals;
using rules::Answer;

class RuleEvaluation : public RuleFixture {
 protected:
  rules::Evaluation evaluate(const std::string& rule, std::int64_t second) {
    group_ = groups_of("groups: [{name: g, rules: [{alert: A, " + rule + "}]}]").at(0);
    context_.at_ms = kStoryMs + second * 1'000;
    return rules::evaluate(group_.rules.at(0), group_, context_, *language_);
  }

  /// "web=breach 95, db=clear 20": the service, the answer, the value, and what is said to it.
  std::string told(const rules::Evaluation& evaluation) {
    std::string text = evaluation.error;
    for (const rules::Finding& finding : evaluation.findings) {
      const char* answers[] = {"breach", "between", "clear", "none"};
      text += (text.empty() ? "" : ", ") + service_of(finding) + "=" + answers[static_cast<int>(finding.answer)];
      if (!finding.why.empty()) text += " (" + finding.why + ")";
      if (!finding.gate.empty()) text += " [" + finding.gate + "]";
    }
    return text;
  }

  static std::string service_of(const rules::Finding& finding) {
    for (const measure::Label& label : finding.labels) {
      if (label.name == "service_name") return label.value;
    }
    return "";
  }

  rules::Group group_;
  rules::EvaluationContext context_;
};

TEST_F(RuleEvaluation, finds_what_breaches_and_gives_it_the_rules_labels) {
  put("cpu", {{"service_name", "web"}}, 0, 95);
  put("cpu", {{"service_name", "db"}}, 0, 20);
  const auto evaluation = evaluate(
      "expr: cpu > 90, labels: {severity: critical, where: '{{ $labels.service_name }}!', gone: ''}, annotations: "
      "{summary: 'at {{ $value }} %'}",
      0);
  EXPECT_EQ(told(evaluation), "web=breach");
  const rules::Finding& finding = evaluation.findings.at(0);
  EXPECT_EQ(finding.labels,
            (store::Labels{{"alertname", "A"}, {"service_name", "web"}, {"severity", "critical"}, {"where", "web!"}}));
  EXPECT_EQ(finding.subject, (store::Labels{{"service_name", "web"}}));
  EXPECT_EQ(finding.annotations, (std::vector<measure::Label>{{"summary", "at 95 %"}}));
}

TEST_F(RuleEvaluation, knows_what_lies_between_the_thresholds) {
  put("cpu", {{"service_name", "a"}}, 0, 95);
  put("cpu", {{"service_name", "b"}}, 0, 85);
  put("cpu", {{"service_name", "c"}}, 0, 80);
  EXPECT_EQ(told(evaluate("expr: cpu > 90, annotations: {sonde_clear: cpu <= 80}", 0)), "a=breach, b=between, c=clear");
}

TEST_F(RuleEvaluation, of_a_plain_rule_asks_for_nothing_but_its_expression) {
  put("cpu", {{"service_name", "a"}}, 0, std::numeric_limits<double>::infinity());
  put("cpu", {{"service_name", "b"}}, 0, 85);
  EXPECT_EQ(told(evaluate("expr: cpu > 90", 0)), "a=breach");
}

TEST_F(RuleEvaluation, N08_never_compares_what_is_no_number) {
  put("cpu", {{"service_name", "a"}}, 0, std::numeric_limits<double>::infinity());
  put("cpu", {{"service_name", "d"}}, 0, -std::numeric_limits<double>::infinity());
  put("cpu", {{"service_name", "stale"}}, -10, 95);
  database_->append_outputs("cpu\nservice_name=stale", {}, story_time(0));
  put("cpu", {{"service_name", "b"}}, 0, std::numeric_limits<double>::quiet_NaN());
  put("cpu", {{"service_name", "c"}}, 0, 95);
  EXPECT_EQ(told(evaluate("expr: cpu > 90, annotations: {sonde_no_data: keep_last}", 0)),
            "a=none (the value is +Inf), c=breach, b=none (the value is NaN), d=none (the value is -Inf)");
  EXPECT_EQ(told(evaluate("expr: nobody_has_this > 90, annotations: {sonde_no_data: keep_last}", 0)), "");
  EXPECT_EQ(told(evaluate("expr: absent(nobody_has_this) == 1, annotations: {sonde_no_data: keep_last}", 0)), "=breach")
      << "whoever asks for absence gets it";
}

TEST_F(RuleEvaluation, B08_a_counter_that_begins_anew_is_no_burst) {
  for (const auto& [second, value] : {std::pair{0, 1000.0}, {10, 1100.0}, {20, 40.0}, {30, 140.0}}) {
    put("requests_total", {{"service_name", "a"}}, second, value);
    for (const char* at_odds : {"expr: 'rate(requests_total[30s]) > 10.1'", "expr: 'rate(requests_total[30s]) < 0'"}) {
      EXPECT_EQ(told(evaluate(at_odds, second)), "") << second;
    }
  }
  EXPECT_EQ(told(evaluate("expr: 'increase(requests_total[30s]) > 0'", 30)), "a=breach");
}

TEST_F(RuleEvaluation, O03_says_how_little_there_is_to_judge_by) {
  put("errors", {{"service_name", "a"}}, 0, 1);
  put("requests", {{"service_name", "a"}}, 0, 3);
  put("errors", {{"service_name", "b"}}, 0, 5);
  put("requests", {{"service_name", "b"}}, 0, 10);
  EXPECT_EQ(told(evaluate("expr: errors / requests > 0.01, annotations: {sonde_requires: requests >= 10}", 0)),
            "a=none (too little to judge: 3 < 10), b=breach");
}

TEST_F(RuleEvaluation, does_not_judge_by_data_that_were_lost_or_that_others_contradict) {
  put("cpu", {{"service_name", "a"}}, 0, 95);
  put("cpu", {{"service_name", "b"}}, 0, 95);
  put("lost", {}, 0, 1);
  put("fine", {{"service_name", "b"}}, 0, 1);
  EXPECT_EQ(told(evaluate("expr: cpu > 90, annotations: {sonde_insufficient: lost > 0}", 0)),
            "a=none (data insufficient: events were lost or not understood), b=none (data insufficient: events were "
            "lost or not understood)");
  EXPECT_EQ(told(evaluate("expr: cpu > 90, annotations: {sonde_contradicted_by: fine > 0}", 0)),
            "a=breach, b=none (contradicted by other evidence)");
}

TEST_F(RuleEvaluation, B01_holds_back_what_has_not_been_seen_for_the_whole_range) {
  const std::string rule = "expr: 'avg_over_time(cpu[10m]) > 90', annotations: {sonde_coverage: 80%}";
  context_.oldest_ms = kStoryMs;
  for (int second = 0; second <= 220; second += 10) put("cpu", {{"service_name", "a"}}, second, 99);
  EXPECT_EQ(told(evaluate(rule, 220)), "a=breach [coverage 36 % of 10m]");
  for (int second = 230; second <= 600; second += 10) put("cpu", {{"service_name", "a"}}, second, 99);
  EXPECT_EQ(told(evaluate(rule, 590)), "a=breach [coverage 98 % of 10m]");
  EXPECT_EQ(told(evaluate(rule, 600)), "a=breach");
}

TEST_F(RuleEvaluation, B03_wants_as_large_a_share_of_samples_as_the_setting_says) {
  const std::string rule = "expr: 'avg_over_time(cpu[10m]) > 90', annotations: {sonde_coverage: 80%}";
  context_.oldest_ms = kStoryMs - 3'600'000;
  for (int i = 0; i < 47; ++i) put("cpu", {{"service_name", "a"}}, 10 * (i + 1), 99);
  EXPECT_EQ(told(evaluate(rule, 600)), "a=breach [coverage 78 % of 10m]");
  put("cpu", {{"service_name", "a"}}, 480, 99);
  EXPECT_EQ(told(evaluate(rule, 600)), "a=breach");
}

TEST_F(RuleEvaluation, waits_for_things_to_settle) {
  put("cpu", {{"service_name", "a"}}, 0, 95);
  context_.since_start = 12s;
  context_.since_boot = 40s;
  EXPECT_EQ(told(evaluate("expr: cpu > 90, annotations: {sonde_settle: 30s}", 0)),
            "a=breach [settling: 12s of 30s since the start]");
  EXPECT_EQ(told(evaluate("expr: cpu > 90, annotations: {sonde_settle_boot: 5m}", 0)),
            "a=breach [settling: 40s of 5m since the host's boot]");
}

TEST_F(RuleEvaluation, R12_keeps_the_identity_when_a_template_fails) {
  put("cpu", {{"service_name", "a"}}, 0, 95);
  const auto evaluation = evaluate("expr: cpu > 90, annotations: {summary: '{{ query \"sum(\" }}'}", 0);
  ASSERT_EQ(told(evaluation), "a=breach");
  EXPECT_EQ(evaluation.findings[0].labels, (store::Labels{{"alertname", "A"}, {"service_name", "a"}}));
  const std::string& summary = evaluation.findings[0].annotations.at(0).value;
  EXPECT_TRUE(summary.starts_with("{{ query \"sum(\" }} (template error: ")) << summary;
}

TEST_F(RuleEvaluation, fails_as_prometheus_does) {
  put("cpu", {{"service_name", "a"}}, 0, 95);
  put("cpu", {{"service_name", "b"}}, 0, 96);
  EXPECT_EQ(told(evaluate("expr: cpu > 90, labels: {service_name: same}", 0)),
            "vector contains metrics with the same labelset after applying alert labels");
  EXPECT_NE(told(evaluate("expr: 'cpu * on () cpu'", 0)).find("many-to-many"), std::string::npos);
}

TEST_F(RuleEvaluation, records_series_under_another_name) {
  put("cpu", {{"service_name", "a"}}, 0, 95);
  group_ = groups_of("groups: [{name: g, rules: [{record: 'x:y', expr: cpu * 2, labels: {tier: front}}]}]").at(0);
  context_.at_ms = kStoryMs;
  const auto recorded = rules::record(group_.rules.at(0), group_, context_, *language_);
  ASSERT_TRUE(recorded) << recorded.error().what;
  ASSERT_EQ(recorded->size(), 1U);
  EXPECT_EQ(recorded->at(0).labels, (store::Labels{{"__name__", "x:y"}, {"service_name", "a"}, {"tier", "front"}}));
  EXPECT_EQ(recorded->at(0).value, 190);
}

}  // namespace
}  // namespace sonde::app
