#include "app/prometheus_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "promql/parser.h"
#include "unit/app/prometheus_fixture.h"

namespace sonde::app {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

rules::RulePack pack_with(const std::string& service) {
  rules::RulePack pack;
  pack.services[service].error_ratio = {0.1, 0.2};
  pack.services[service].window = 90s;
  return pack;
}

alerts::Alert alert(std::string rule, rules::Severity severity, std::string service) {
  alerts::Alert made;
  made.rule = std::move(rule);
  made.severity = severity;
  made.service = std::move(service);
  made.state = alerts::AlertState::kFiring;
  made.active_since = WallTime{1'800'000'000s};
  made.value = 0.25;
  made.summary = "It fails.";
  return made;
}

TEST(PrometheusRules, say_in_promql_what_the_pack_judges) {
  const auto rules = prometheus_rules({}, {});
  ASSERT_EQ(rules.size(), 4u);
  EXPECT_EQ(rules[0].name, "HighResponseTime");
  EXPECT_EQ(rules[0].hold, 60s);
  EXPECT_EQ(rules[0].query,
            "histogram_quantile(0.95, sum by (service_name, le) "
            "(rate(http_server_request_duration_seconds_bucket[5m]))) > 1 "
            "and sum by (service_name) (increase(http_server_request_duration_seconds_count[5m])) >= 20");
  EXPECT_EQ(rules[3].name, "HighErrorRate");
  EXPECT_EQ(rules[3].labels, (store::Labels{{"severity", "critical"}}));
  EXPECT_EQ(rules[3].query,
            "sum by (service_name) (rate(http_server_request_duration_seconds_count"
            "{http_response_status_code=~\"5..|\"}[5m]) or rate(http_server_request_duration_seconds_count"
            "{error_type=~\"connection_closed|bad_response\"}[5m])) / sum by (service_name) "
            "(rate(http_server_request_duration_seconds_count[5m])) > 0.05 "
            "and sum by (service_name) (increase(http_server_request_duration_seconds_count[5m])) >= 20");
}

TEST(PrometheusRules, give_services_with_a_policy_their_own) {
  const auto rules = prometheus_rules(pack_with("a.b\"c"), {});
  ASSERT_EQ(rules.size(), 8u);
  EXPECT_THAT(rules[0].query, HasSubstr(R"({service_name!~"a\\.b\"c"}[5m])"));
  EXPECT_THAT(rules[6].query, AllOf(HasSubstr(R"({service_name="a.b\"c",error_type=~)"), HasSubstr("[1m30s]"),
                                    HasSubstr(" > 0.1 and")));
  EXPECT_EQ(rules[6].labels, (store::Labels{{"service_name", "a.b\"c"}, {"severity", "warning"}}));
  for (const serve::AlertingRule& rule : rules) {
    EXPECT_TRUE(promql::parse(rule.query)) << rule.query << ": " << promql::parse(rule.query).error().what;
  }
}

TEST(PrometheusRules, hold_the_alerts_that_are_theirs) {
  const auto rules = prometheus_rules(pack_with("web"), {alert("HighErrorRate", rules::Severity::kCritical, "web"),
                                                         alert("HighErrorRate", rules::Severity::kWarning, "api")});
  EXPECT_EQ(rules[2].alerts.size(), 1u);
  ASSERT_EQ(rules[7].alerts.size(), 1u);
  EXPECT_EQ(rules[7].alerts[0].labels,
            (store::Labels{{"alertname", "HighErrorRate"}, {"service_name", "web"}, {"severity", "critical"}}));
  std::size_t all = 0;
  for (const serve::AlertingRule& rule : rules) all += rule.alerts.size();
  EXPECT_EQ(all, 2u);
}

using PrometheusRulesEndpoint = PrometheusFixture;

TEST_F(PrometheusRulesEndpoint, shows_alerts) {
  alerts_ = {alert("HighErrorRate", rules::Severity::kCritical, "web")};
  EXPECT_EQ(ask("alerts"),
            fine(R"({"alerts":[{"labels":{"alertname":"HighErrorRate","service_name":"web","severity":"critical"},)"
                 R"("annotations":{"summary":"It fails."},"state":"firing","activeAt":"2027-01-15T08:00:00Z",)"
                 R"("value":"2.5e-01"}]})"));
  EXPECT_THAT(ask("rules"), HasSubstr(R"("state":"firing","name":"HighErrorRate")"));
  EXPECT_THAT(ask("rules", {{"exclude_alerts", "TRUE"}}),
              AllOf(HasSubstr(R"("alerts":null)"), Not(HasSubstr("It fails"))));
}

TEST_F(PrometheusRulesEndpoint, shows_the_rules_that_are_chosen) {
  EXPECT_THAT(ask("rules", {{"rule_name[]", "HighErrorRate"}}),
              AllOf(HasSubstr("HighErrorRate"), Not(HasSubstr("HighResponseTime")),
                    HasSubstr(R"("lastEvaluation":"2027-01-15T08:01:00Z")")));
  EXPECT_THAT(ask("rules", {{"match[]", R"({severity="critical"})"}}), Not(HasSubstr(R"("severity":"warning")")));
  for (const serve::Parameters& none : {serve::Parameters{{"type", "record"}},
                                        {{"rule_group[]", "other"}},
                                        {{"file[]", "other"}},
                                        {{"rule_name[]", "other"}},
                                        {{"match[]", R"({severity="none"})"}}}) {
    EXPECT_EQ(ask("rules", none), fine(R"({"groups":[]})"));
  }
  EXPECT_THAT(ask("rules", {{"type", "Alert"}, {"rule_group[]", "sonde"}, {"file[]", "built-in"}}),
              HasSubstr("HighErrorRate"));
}

}  // namespace
}  // namespace sonde::app
