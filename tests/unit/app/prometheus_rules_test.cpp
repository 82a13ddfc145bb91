#include "app/prometheus_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "unit/app/prometheus_fixture.h"

namespace sonde::app {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

rules::Rule alerting_rule(const std::string& name, const std::string& severity) {
  rules::Rule rule;
  rule.alert = name;
  rule.uid = name + "/" + severity;
  rule.expression = "p95 > 1";
  rule.hold = 60s;
  rule.labels = {{"severity", severity}};
  return rule;
}

class PrometheusRulesEndpoint : public PrometheusFixture {
 protected:
  PrometheusRulesEndpoint() {
    rules::Group services{.name = "services", .file = "built-in/services.yml"};
    services.rules = {alerting_rule("HighErrorRate", "critical"), alerting_rule("HighErrorRate", "warning")};
    rules::Group recorded{.name = "recorded", .file = "own.yml"};
    recorded.rules.emplace_back().record = "job:x:sum";
    view_.groups = std::make_shared<const std::vector<rules::Group>>(std::vector{services, recorded});
    view_.status.resize(2);
    view_.status[0].rules.resize(2);
    view_.status[1].rules.resize(1);
    view_.status[0].evaluated_at = WallTime{1'800'000'060s};
    for (RuleStatus& rule : view_.status[0].rules) rule.evaluated_at = view_.status[0].evaluated_at;
    view_.status[1].rules[0].error = "it failed";
  }

  void fire(const std::string& uid, alerts::InstanceState state) {
    alerts::Instance instance;
    instance.uid = uid;
    instance.labels = {{"alertname", "HighErrorRate"}, {"service_name", "web"}, {"severity", "critical"}};
    instance.annotations = {{"summary", "It fails."}};
    instance.state = state;
    instance.active_at.wall = WallTime{1'800'000'000s};
    instance.keep_since.wall = WallTime{1'800'000'030s};
    instance.value = 0.25;
    view_.instances.push_back(instance);
  }
};

TEST_F(PrometheusRulesEndpoint, shows_alerts) {
  fire("HighErrorRate/critical", alerts::InstanceState::kFiring);
  fire("HighErrorRate/critical", alerts::InstanceState::kInactive);
  EXPECT_EQ(ask("alerts"),
            fine(R"({"alerts":[{"labels":{"alertname":"HighErrorRate","service_name":"web","severity":"critical"},)"
                 R"("annotations":{"summary":"It fails."},"state":"firing","activeAt":"2027-01-15T08:00:00Z",)"
                 R"("value":"2.5e-01"}]})"));
  EXPECT_THAT(ask("rules"), AllOf(HasSubstr(R"("state":"firing","name":"HighErrorRate")"),
                                  HasSubstr(R"("state":"inactive","name":"HighErrorRate")")));
  EXPECT_THAT(ask("rules", {{"exclude_alerts", "TRUE"}}),
              AllOf(HasSubstr(R"("alerts":null)"), Not(HasSubstr("It fails"))));
}

TEST_F(PrometheusRulesEndpoint, shows_what_is_recovering_as_firing) {
  fire("HighErrorRate/critical", alerts::InstanceState::kRecovering);
  EXPECT_THAT(ask("alerts"), HasSubstr(R"("state":"firing","activeAt":"2027-01-15T08:00:00Z",)"
                                       R"("keepFiringSince":"2027-01-15T08:00:30Z")"));
}

TEST_F(PrometheusRulesEndpoint, shows_the_rules_that_are_chosen) {
  EXPECT_THAT(ask("rules", {{"rule_name[]", "HighErrorRate"}}),
              AllOf(HasSubstr("HighErrorRate"), Not(HasSubstr("job:x:sum")),
                    HasSubstr(R"("lastEvaluation":"2027-01-15T08:01:00Z")")));
  EXPECT_THAT(ask("rules", {{"match[]", R"({severity="critical"})"}}), Not(HasSubstr(R"("severity":"warning")")));
  EXPECT_THAT(ask("rules", {{"type", "record"}}),
              AllOf(HasSubstr(R"("name":"job:x:sum")"), HasSubstr(R"("lastError":"it failed")"),
                    Not(HasSubstr("HighErrorRate"))));
  for (const serve::Parameters& none : {serve::Parameters{{"rule_group[]", "other"}},
                                        {{"file[]", "other"}},
                                        {{"rule_name[]", "other"}},
                                        {{"match[]", R"({severity="none"})"}}}) {
    EXPECT_EQ(ask("rules", none), fine(R"({"groups":[]})"));
  }
  EXPECT_THAT(ask("rules", {{"type", "Alert"}, {"rule_group[]", "services"}, {"file[]", "built-in/services.yml"}}),
              HasSubstr("HighErrorRate"));
}

}  // namespace
}  // namespace sonde::app
