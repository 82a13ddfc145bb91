#include "alerts/alert_engine.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "unit/alerts/told_rule.h"

namespace sonde::alerts::test {
namespace {

using namespace std::chrono_literals;

rules::Group group_of(const ToldRule& told) {
  rules::Group group;
  group.rules = {told.rule_};
  return group;
}

std::size_t count_after_taking(const ToldRule& catalogued, const ToldRule& evaluated) {
  AlertEngine engine{BookOptions{}};
  const Moment now{WallTime{}, 1h};
  engine.reload({group_of(catalogued)}, now);
  engine.begin(now);
  rules::Evaluation evaluation;
  evaluation.findings.push_back(evaluated.judge(99, "v"));
  engine.take(group_of(evaluated), evaluated.rule_, evaluation);
  return engine.instances().size();
}

TEST(AlertEngine, takes_what_the_rules_of_the_last_reload_say) { EXPECT_EQ(count_after_taking(rule(), rule()), 1U); }

TEST(AlertEngine, ignores_a_rule_that_is_not_there_any_more) {
  EXPECT_EQ(count_after_taking(rule("Other"), rule()), 0U);
}

TEST(AlertEngine, ignores_what_an_old_text_says) { EXPECT_EQ(count_after_taking(rule(), rule().above(95)), 0U); }

TEST(AlertEngine, asks_a_quiet_rule_for_all_it_has_once_a_minute) {
  AlertEngine engine{BookOptions{}};
  const ToldRule told = rule();
  engine.reload({group_of(told)}, {WallTime{}, 1h});
  std::string asked;
  for (std::chrono::nanoseconds elapsed = 1h; elapsed < 1h + 130s; elapsed += 10s) {
    engine.begin({WallTime{}, elapsed});
    asked += engine.needs_all("Hot") ? '!' : '.';
    rules::Evaluation evaluation;
    evaluation.findings.push_back(told.judge(50, "v"));
    engine.take(group_of(told), told.rule_, evaluation);
  }
  EXPECT_EQ(asked, "!.....!.....!");
}

}  // namespace
}  // namespace sonde::alerts::test
