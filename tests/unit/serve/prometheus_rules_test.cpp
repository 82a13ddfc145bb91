#include "serve/prometheus_rules.h"

#include <gtest/gtest.h>

#include <chrono>

namespace sonde::serve {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kAt{1'700'000'000'250ms};

ActiveAlert alert(bool firing) {
  ActiveAlert made;
  made.labels = {{"alertname", "Slow"}, {"severity", "warning"}};
  made.annotations = {{"summary", "It is slow."}};
  made.firing = firing;
  made.active_at = kAt;
  made.value = 2.5;
  return made;
}

constexpr const char* kAlert =
    R"({"labels":{"alertname":"Slow","severity":"warning"},"annotations":{"summary":"It is slow."},)"
    R"("state":"pending","activeAt":"2023-11-14T22:13:20.25Z","value":"2.5e+00"})";

RuleGroup group(std::vector<ActiveAlert> alerts) {
  ShownRule rule;
  rule.name = "Slow";
  rule.query = "p95 > 1";
  rule.hold = 90s;
  rule.labels = {{"severity", "warning"}};
  rule.alerts = std::move(alerts);
  RuleGroup made;
  made.name = "sonde";
  made.file = "built-in";
  made.interval = 1s;
  made.rules = {rule};
  return made;
}

std::string rules_text(const char* state, const char* alerts, const char* health, const char* last) {
  return R"({"status":"success","data":{"groups":[{"name":"sonde","file":"built-in","rules":[{"state":")" +
         std::string(state) + R"(","name":"Slow","query":"p95 > 1","duration":90.0,"keepFiringFor":0.0,)" +
         R"("labels":{"severity":"warning"},"annotations":{},"alerts":)" + alerts + R"(,"health":")" + health +
         R"(","evaluationTime":0.0,"lastEvaluation":")" + last +
         R"(","type":"alerting"}],"interval":1.0,"limit":0,"evaluationTime":0.0,"lastEvaluation":")" + last +
         R"("}]}})";
}

constexpr const char* kNever = "0001-01-01T00:00:00Z";

TEST(RulesAnswer, of_a_rule_that_was_never_evaluated) {
  EXPECT_EQ(rules_json(std::vector{group({})}, false), rules_text("unknown", "[]", "unknown", kNever));
}

TEST(RulesAnswer, shows_the_alerts_of_a_rule) {
  RuleGroup evaluated = group({alert(false)});
  evaluated.last_evaluation = kAt;
  evaluated.rules[0].last_evaluation = kAt;
  evaluated.rules[0].health = RuleHealth::kOk;
  EXPECT_EQ(rules_json(std::vector{evaluated}, false),
            rules_text("pending", ("[" + std::string(kAlert) + "]").c_str(), "ok", "2023-11-14T22:13:20.25Z"));
}

TEST(RulesAnswer, keeps_the_state_when_alerts_are_excluded) {
  RuleGroup evaluated = group({alert(false), alert(true)});
  evaluated.last_evaluation = kAt;
  evaluated.rules[0].last_evaluation = kAt;
  evaluated.rules[0].health = RuleHealth::kOk;
  EXPECT_EQ(rules_json(std::vector{evaluated}, true), rules_text("firing", "null", "ok", "2023-11-14T22:13:20.25Z"));
}

TEST(RulesAnswer, shows_what_a_recording_rule_has) {
  RuleGroup evaluated = group({});
  ShownRule& rule = evaluated.rules[0];
  rule.is_alerting = false;
  rule.labels = {};
  rule.health = RuleHealth::kError;
  rule.last_error = "many-to-many";
  rule.took = 250ms;
  EXPECT_NE(rules_json(std::vector{evaluated}, false)
                .find(R"([{"name":"Slow","query":"p95 > 1","health":"err","lastError":"many-to-many",)"
                      R"("evaluationTime":0.25,"lastEvaluation":"0001-01-01T00:00:00Z","type":"recording"}])"),
            std::string::npos);
}

TEST(RulesAnswer, of_no_groups) { EXPECT_EQ(rules_json({}, false), R"({"status":"success","data":{"groups":[]}})"); }

TEST(ActiveAlertsAnswer, lists_them) {
  EXPECT_EQ(active_alerts_json(std::vector{alert(false)}),
            R"({"status":"success","data":{"alerts":[)" + std::string(kAlert) + "]}}");
}

}  // namespace
}  // namespace sonde::serve
