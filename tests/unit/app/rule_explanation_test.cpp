#include "app/rule_explanation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "alerts/alert_engine.h"
#include "app/rule_pages.h"
#include "serve/router.h"
#include "unit/app/rule_fixture.h"

namespace sonde::app {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

/// Rules that have been evaluated each ten seconds over what a test has put into the store.
class RuleExplanation : public RuleFixture {
 protected:
  void load(const std::string& rules) {
    view_.groups = std::make_shared<const std::vector<rules::Group>>(
        groups_of("groups: [{name: g, interval: 10s, rules: [" + rules + "]}]"));
    view_.status.assign(1, {});
    view_.status[0].rules.assign((*view_.groups)[0].rules.size(), {});
    engine_of_alerts_.reload(*view_.groups, {story_time(0), 0s});
  }

  void tick(int second) {
    const rules::Group& group = (*view_.groups)[0];
    engine_of_alerts_.begin({story_time(second), std::chrono::seconds{second}});
    for (std::size_t i = 0; i < group.rules.size(); ++i) {
      const rules::Evaluation evaluation =
          rules::evaluate(group.rules[i], group, {.at_ms = kStoryMs + second * 1'000}, *language_);
      engine_of_alerts_.take(group, group.rules[i], evaluation);
      view_.status[0].rules[i] = {evaluation.error, story_time(second), 1ms};
    }
    engine_of_alerts_.finish({story_time(second), std::chrono::seconds{second}}, {});
    view_.instances = engine_of_alerts_.instances();
    view_.problems = engine_of_alerts_.problems();
    view_.standings = engine_of_alerts_.rules();
    view_.held_back = engine_of_alerts_.held_back();
  }

  PrometheusSources sources() {
    return {.engine = *engine_,
            .database = *database_,
            .store_options = options_,
            .alerting = [this] { return std::make_shared<const AlertingView>(view_); },
            .clock = clock_,
            .config = config_};
  }

  /// "STATE SENTENCE; SENTENCE" of the only rule's instance of this service; of the rule itself, if there is none.
  std::string told(const std::string& service = "") {
    const auto explained = explain_alert(sources(), "A");
    if (!explained || explained->rules.size() != 1) return "not one rule";
    const serve::ExplainedRule& rule = explained->rules[0];
    std::string text;
    const auto add = [&](const std::vector<std::string>& says) {
      for (const std::string& sentence : says) text += (text.empty() || text.ends_with(' ') ? "" : "; ") + sentence;
    };
    if (service.empty()) add(rule.says);
    for (const serve::ExplainedInstance& instance : rule.instances) {
      const measure::Label wanted{"service_name", service};
      if (std::find(instance.labels.begin(), instance.labels.end(), wanted) == instance.labels.end()) continue;
      text += instance.state + ' ';
      add(instance.says);
    }
    return text;
  }

  serve::HttpResponse ask(const std::string& path, serve::Parameters query = {}) {
    serve::Router router;
    add_rule_pages(router, sources());
    return router({"GET", "/api/sonde/v1/rules" + path, std::move(query)});
  }

  const store::StoreOptions options_{};
  const LiveConfig config_{{}, clock_.now()};
  AlertingView view_;
  alerts::AlertEngine engine_of_alerts_{alerts::BookOptions{}};
};

TEST_F(RuleExplanation, says_what_a_value_is_not) {
  load("{alert: A, expr: load > 1}");
  put("load", {{"service_name", "web"}}, 0, 0.4);
  tick(0);
  EXPECT_EQ(told("web"), "inactive 0.4 is not above 1");
}

TEST_F(RuleExplanation, says_how_much_of_for_is_over) {
  load("{alert: A, expr: load >= 1, for: 1m, annotations: {sonde_breaches: '5'}}");
  for (const int second : {0, 10, 20}) {
    put("load", {{"service_name", "web"}}, second, 1);
    tick(second);
  }
  EXPECT_EQ(told("web"),
            "pending 1 is at or above 1; pending since 2026-06-01T00:00:00Z, for 20s of the 1m it takes, 3 of 5 times "
            "in a row");
}

TEST_F(RuleExplanation, says_that_there_is_too_little_to_judge) {
  load("{alert: A, expr: errors / requests > 0.01, annotations: {sonde_requires: requests >= 20}}");
  put("errors", {{"service_name", "web"}}, 0, 2);
  put("requests", {{"service_name", "web"}}, 0, 3);
  tick(0);
  EXPECT_EQ(told("web"), "inactive 0.666667 is above 0.01; no answer: too little to judge: 3 < 20");
  const auto explained = explain_alert(sources(), "A");
  ASSERT_EQ(explained->rules.at(0).settings.size(), 1U);
  const serve::ExplainedSetting& setting = explained->rules[0].settings[0];
  EXPECT_EQ(setting.name, "sonde_requires");
  ASSERT_EQ(setting.elements.size(), 1U);
  EXPECT_EQ(setting.elements[0].value, 3);
  EXPECT_FALSE(setting.elements[0].holds);
}

TEST_F(RuleExplanation, says_that_the_host_does_not_have_the_metric) {
  load("{alert: A, expr: probe_success == 0}");
  put("load", {}, 0, 1);
  tick(0);
  EXPECT_EQ(told(), "no data for probe_success: this host has none");
}

TEST_F(RuleExplanation, says_that_nothing_is_selected) {
  load("{alert: A, expr: 'load{service_name=\"db\"} > 1'}");
  put("load", {{"service_name", "web"}}, 0, 2);
  tick(0);
  EXPECT_EQ(told(), "its expression selects nothing: there is nothing to judge");
}

TEST_F(RuleExplanation, says_which_part_of_the_expression_it_is) {
  load("{alert: A, expr: 'load > 1 and on (service_name) requests > 100'}");
  put("load", {{"service_name", "web"}}, 0, 2);
  put("requests", {{"service_name", "web"}}, 0, 5);
  tick(0);
  EXPECT_EQ(told("web"), "inactive 2 is above 1; another condition of the expression does not hold");
}

TEST_F(RuleExplanation, says_what_lies_between_the_thresholds) {
  load("{alert: A, expr: load > 1, annotations: {sonde_clear: load < 0.5}}");
  put("load", {{"service_name", "web"}}, 0, 0.7);
  tick(0);
  EXPECT_EQ(told("web"),
            "inactive 0.7 is not above 1; between the thresholds: what fires goes on, what does not stays quiet");
}

TEST_F(RuleExplanation, says_what_keeps_it_from_pending) {
  load(
      "{alert: A, expr: load > 1, annotations: {sonde_coverage: 80%}}, {alert: A2, expr: 'avg_over_time(load[10m]) > "
      "1', "
      "annotations: {sonde_coverage: 80%}}");
  put("load", {{"service_name", "web"}}, 0, 2);
  put("load", {{"service_name", "web"}}, 60, 2);
  tick(60);
  const auto explained = explain_alert(sources(), "A2");
  ASSERT_EQ(explained->rules.at(0).instances.size(), 1U);
  EXPECT_THAT(explained->rules[0].instances[0].says,
              ElementsAre("2 is above 1", "it cannot become pending now: coverage 10 % of 10m"));
}

TEST_F(RuleExplanation, says_what_has_lost_its_data) {
  load("{alert: A, expr: load > 1, annotations: {sonde_no_data: keep_last}}");
  put("load", {{"service_name", "web"}}, 0, 2);
  tick(0);
  database_->append_outputs("load\nservice_name=web", {}, story_time(10));
  put("other", {}, 10, 1);
  tick(10);
  EXPECT_THAT(told("web"), HasSubstr("firing there are no data; firing since 2026-06-01T00:00:00Z"));
  EXPECT_THAT(told("web"), HasSubstr("1 evaluations in a row had no answer: no data"));
}

TEST_F(RuleExplanation, says_what_fails) {
  load("{alert: A, expr: 'load + on () load'}");
  put("load", {{"service_name", "a"}}, 0, 2);
  put("load", {{"service_name", "b"}}, 0, 2);
  tick(0);
  EXPECT_THAT(told(), HasSubstr("it cannot be evaluated: "));
  EXPECT_THAT(told(), HasSubstr("many-to-many"));
}

TEST_F(RuleExplanation, gives_the_texts_that_people_would_read) {
  load(
      "{alert: A, expr: load > 1, annotations: {summary: 'load {{ $value }} of {{ $labels.service_name }}', "
      "sonde_page: "
      "'true'}}");
  put("load", {{"service_name", "web"}}, 0, 0.4);
  tick(0);
  const auto explained = explain_alert(sources(), "A");
  ASSERT_EQ(explained->rules.at(0).instances.size(), 1U);
  EXPECT_EQ(explained->rules[0].instances[0].annotations,
            (std::vector<measure::Label>{{"summary", "load 0.4 of web"}}));
}

TEST_F(RuleExplanation, shows_what_fires_first_and_no_more_than_people_read) {
  load("{alert: A, expr: load > 1}");
  for (int i = 10; i < 40; ++i) put("load", {{"service_name", std::to_string(i)}}, 0, i == 39 ? 2 : 0);
  tick(0);
  const auto explained = explain_alert(sources(), "A");
  const serve::ExplainedRule& rule = explained->rules.at(0);
  EXPECT_EQ(rule.instances.size(), 20U);
  EXPECT_EQ(rule.left_out, 10U);
  EXPECT_EQ(rule.instances[0].state, "firing");
}

TEST_F(RuleExplanation, is_a_page) {
  load("{alert: A, expr: load > 1}");
  put("load", {}, 0, 0.4);
  tick(0);
  const auto page = ask("/explain", {{"alert", "A"}});
  EXPECT_EQ(page.status, 200U);
  EXPECT_THAT(*page.body, HasSubstr(R"("value":0.4,"breaches":false,"says":["0.4 is not above 1"])"));
  EXPECT_EQ(ask("/explain").status, 400U);
  EXPECT_THAT(*ask("/explain", {{"alert", "a"}}).body, HasSubstr(R"("rules":[],"did_you_mean":"A")"));
}

TEST_F(RuleExplanation, list_tells_what_rules_read_that_is_not_there) {
  load("{alert: A, expr: load > 1 and probe_success > 0}, {record: 'a:b', expr: load * 2}");
  put("load", {{"service_name", "web"}}, 0, 2);
  tick(0);
  const auto rules = list_rules(view_, {"load"});
  ASSERT_EQ(rules.size(), 2U);
  EXPECT_THAT(rules[0].missing_metrics, ElementsAre("probe_success"));
  EXPECT_TRUE(rules[1].missing_metrics.empty());
  EXPECT_FALSE(rules[1].is_alerting);
  EXPECT_THAT(*ask("").body, HasSubstr(R"("name":"A","type":"alerting","severity":"warning","state":"inactive")"));
}

TEST_F(RuleExplanation, list_counts_what_is_pending_fires_and_is_held_back) {
  load(
      "{alert: A, expr: load > 1}, {alert: B, expr: load > 1, for: 1m}, {alert: C, expr: load > 1, annotations: "
      "{sonde_requires: requests > 10}}");
  put("load", {{"service_name", "web"}}, 0, 2);
  tick(0);
  const auto rules = list_rules(view_, {"load"});
  ASSERT_EQ(rules.size(), 3U);
  EXPECT_EQ(rules[0].firing, 1U);
  EXPECT_EQ(rules[1].pending, 1U);
  EXPECT_EQ(rules[2].held_back, 1U);
}

}  // namespace
}  // namespace sonde::app
