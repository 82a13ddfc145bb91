#include "cli/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/loopback_http_server.h"
#include "unit/cli/pipe_output.h"
#include "unit/cli/sample_rules.h"

namespace sonde::cli {
namespace {

using test::LoopbackHttpServer;
using test::ScriptedReply;
using testing::HasSubstr;
using testing::Not;

class Rules : public testing::Test {
 protected:
  template <class Command, class Run>
  Result<> ask(Command& command, Run run, const std::string& body) {
    LoopbackHttpServer server({ScriptedReply{.headers = {}, .body = body}});
    command.address = DaemonAddress{"127.0.0.1", server.port()};
    auto ran = run(command, AnswerStreams{output_.fd(), errors_.fd()});
    if (!server.requests().empty()) path_ = server.requests().front().path;
    return ran;
  }

  Result<> list(const std::string& body) { return ask(list_, run_rules_list, body); }
  Result<> explain(const std::string& body) { return ask(explain_, run_rules_explain, body); }

  RulesListCommand list_;
  RulesExplainCommand explain_{.address = {}, .alert = "High Rate"};
  std::string path_;
  PipeOutput output_;
  PipeOutput errors_;
};

TEST_F(Rules, are_listed_with_what_is_worth_a_note) {
  ASSERT_TRUE(list(kRuleList));
  EXPECT_EQ(path_, "/api/sonde/v1/rules");
  const std::string text = output_.text();
  EXPECT_THAT(text, HasSubstr("HighErrorRate  warning   2 firing  1 held back\n"));
  EXPECT_THAT(text, HasSubstr("quiet: no data for probe_success\n"));
  EXPECT_THAT(text, HasSubstr("fails     many-to-many matching\n"));
  EXPECT_THAT(text, HasSubstr("3 rules, 2 alerts fire, 1 pending; 1 rule reads what this host does not have\n"));
}

TEST_F(Rules, are_given_as_json_as_they_came) {
  list_.output = OutputFormat::kJson;
  ASSERT_TRUE(list(kRuleList));
  EXPECT_EQ(output_.text(), std::string(kRuleList) + "\n");
}

TEST_F(Rules, say_why_an_alert_does_not_fire) {
  ASSERT_TRUE(explain(kExplanation));
  EXPECT_EQ(path_, "/api/sonde/v1/rules/explain?alert=High%20Rate");
  const std::string text = output_.text();
  EXPECT_THAT(text, HasSubstr("  expression  errors / requests > 0.01 and requests >= 20\n"));
  EXPECT_THAT(text, HasSubstr("  fires       above 0.01, for 1m, 3 times in a row\n"));
  EXPECT_THAT(text, HasSubstr("  ends        at or below 0.005, 5m without a breach\n"));
  EXPECT_THAT(text, HasSubstr("    {service_name=\"reports\"}  3, does not hold\n"));
  EXPECT_THAT(text, HasSubstr("    no answer: too little to judge: 3 < 20\n"));
  EXPECT_THAT(text, HasSubstr("\n  and 3 more\n"));
}

TEST_F(Rules, show_annotations_of_what_is_active_only) {
  ASSERT_TRUE(explain(kExplanation));
  const std::string text = output_.text();
  EXPECT_THAT(text, HasSubstr("    summary: 40% of requests to checkout fail\n"));
  EXPECT_THAT(text, Not(HasSubstr("50% of requests")));
}

TEST_F(Rules, guess_which_alert_was_meant) {
  const auto ran = explain(R"({"alert":"x","at":"","rules":[],"did_you_mean":"HighErrorRate"})");
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error().code, Code::kNotFound);
  EXPECT_EQ(ran.error().what, "no rule has an alert 'High Rate'; did you mean 'HighErrorRate'?");
}

TEST_F(Rules, refuse_an_answer_that_makes_no_sense) {
  for (const char* body : {"", "[]", R"({"rules":7})", R"({"rules":[{}]})", R"({"rules":[{"group":7}]})"}) {
    const auto ran = list(body);
    ASSERT_FALSE(ran) << body;
    EXPECT_THAT(ran.error().what, HasSubstr("the answer makes no sense")) << body;
  }
}

TEST(RuleTexts, are_safe_to_print) {
  std::string answer = kExplanation;
  const std::string plain = "40% of requests";
  answer.replace(answer.find(plain), plain.size(), "\\u001b[31m red");
  const auto story = parse_explanation(answer);
  ASSERT_TRUE(story);
  EXPECT_THAT(render_explanation(*story), HasSubstr("\xEF\xBF\xBD[31m red"));
}

}  // namespace
}  // namespace sonde::cli
