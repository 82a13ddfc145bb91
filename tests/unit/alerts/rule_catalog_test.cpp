#include "alerts/rule_catalog.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace sonde::alerts {
namespace {

using namespace std::chrono_literals;

rules::Rule some_rule() {
  rules::Rule rule;
  rule.uid = "hot";
  rule.alert = "Hot";
  rule.expression = R"(rate(v{job="a # b"}[5m]) > 90)";
  rule.labels = {{"severity", "warning"}, {"team", "a"}};
  return rule;
}

struct Edit {
  const char* name;
  std::function<void(rules::Rule&)> edit;
};

TEST(RuleCatalog, an_edit_that_judges_alike_is_the_same_revision) {
  const std::vector<Edit> edits{
      {"annotation",
       [](auto& rule) {
         rule.annotations = {{"summary", "hot"}};
       }},
      {"line", [](auto& rule) { rule.line = 7; }},
      {"order of labels", [](auto& rule) { std::swap(rule.labels[0], rule.labels[1]); }},
      {"white space", [](auto& rule) { rule.expression = "  rate(v{job=\"a # b\"}[5m])\n\t>   90\n"; }},
      {"comment", [](auto& rule) { rule.expression += " # too hot"; }},
      {"comment of a line", [](auto& rule) { rule.expression = "# too \"hot\n" + rule.expression; }},
      {"pages", [](auto& rule) { rule.judgement.pages = true; }},
      {"flapping", [](auto& rule) { rule.judgement.flapping = rules::Flapping{}; }},
      {"inhibited_by",
       [](auto& rule) {
         rule.judgement.inhibited_by = {{"Other", {}}};
       }},
  };
  for (const Edit& edit : edits) {
    rules::Rule rule = some_rule();
    edit.edit(rule);
    EXPECT_EQ(revision_of(rule), revision_of(some_rule())) << edit.name;
  }
}

TEST(RuleCatalog, an_edit_that_judges_otherwise_is_another_revision) {
  const std::vector<Edit> edits{
      {"threshold", [](auto& rule) { rule.expression = R"(rate(v{job="a # b"}[5m]) > 91)"; }},
      {"white space in quotes", [](auto& rule) { rule.expression = R"(rate(v{job="a #  b"}[5m]) > 90)"; }},
      {"after # in quotes", [](auto& rule) { rule.expression = R"(rate(v{job="a # c"}[5m]) > 90)"; }},
      {"for", [](auto& rule) { rule.hold = 1s; }},
      {"keep_firing_for", [](auto& rule) { rule.keep_firing_for = 1s; }},
      {"label", [](auto& rule) { rule.labels[1].value = "b"; }},
      {"border between fields",
       [](auto& rule) {
         rule.labels[1] = {"tea", "ma"};
       }},
      {"clear", [](auto& rule) { rule.judgement.clear = "v < 80"; }},
      {"breaches", [](auto& rule) { rule.judgement.breaches = 2; }},
      {"no_data", [](auto& rule) { rule.judgement.no_data = rules::NoDataPolicy::kAlert; }},
      {"coverage", [](auto& rule) { rule.judgement.coverage = 0.5; }},
  };
  for (const Edit& edit : edits) {
    rules::Rule rule = some_rule();
    edit.edit(rule);
    EXPECT_NE(revision_of(rule), revision_of(some_rule())) << edit.name;
  }
}

TEST(RuleCatalog, a_revision_is_the_same_in_every_version) {
  EXPECT_EQ(revision_of(rules::Rule{}), 17518206341716113688U);
}

TEST(RuleCatalog, recording_rules_are_not_in_it) {
  rules::Group group;
  group.rules = {some_rule(), rules::Rule{}};
  const RuleCatalog catalog = catalogue({group});
  ASSERT_EQ(catalog.size(), 1U);
  EXPECT_EQ(catalog.begin()->first, "hot");
}

}  // namespace
}  // namespace sonde::alerts
