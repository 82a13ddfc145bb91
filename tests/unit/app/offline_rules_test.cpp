#include "app/offline_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "app/rule_parameters.h"
#include "app/rule_sandbox.h"
#include "app/rule_set.h"
#include "app/rule_test_report.h"
#include "base/file.h"
#include "rules/pack.h"

namespace sonde::app {
namespace {

using testing::HasSubstr;

class OfflineRules : public testing::Test {
 protected:
  OfflineRules() { std::filesystem::create_directories(folder_); }
  ~OfflineRules() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ + name) << text;
    return folder_ + name;
  }

  FileRules read(const std::vector<std::string>& paths) { return read_rule_files(paths, (*sandbox_)->language()); }

  const std::string folder_ = testing::TempDir() + "offline_rules_" + std::to_string(::getpid()) + "/";
  const Result<std::unique_ptr<RuleSandbox>> sandbox_ = RuleSandbox::create();
};

TEST_F(OfflineRules, are_counted_file_by_file_if_they_are_sound) {
  const std::string good = write("good.yml", "groups: [{name: g, rules: [{alert: A, expr: up == 0}]}]");
  const std::string bad = write("bad.yml", "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: up ==\n");
  const FileRules found = read({good, bad, folder_ + "none.yml"});
  EXPECT_EQ(found.sound, good + ": 1 rule found\n");
  const std::string faults = render_faults(found.faults);
  EXPECT_THAT(faults, HasSubstr(bad + ":5:11: expr: 1:6: parse error"));
  EXPECT_THAT(faults, HasSubstr("none.yml: cannot be read: "));
}

TEST_F(OfflineRules, of_a_configuration_are_checked_where_its_values_stand) {
  rules::RuleOptions options;
  options.defaults = {{"min_request", "20", 7, 5}};
  options.files = {write("bad.yml", "groups: [{name: g, rules: [{alert: A, expr: 'sum('}]}]")};
  const auto faults = check_rules_of(options, "sonde.yaml");
  ASSERT_TRUE(faults);
  ASSERT_EQ(faults->size(), 2U);
  EXPECT_EQ(faults->at(0).file, "sonde.yaml");
  EXPECT_EQ(faults->at(0).line, 7);
  EXPECT_THAT(faults->at(1).file, HasSubstr("bad.yml"));
}

TEST_F(OfflineRules, of_the_pack_are_exported_as_one_file_with_all_of_them) {
  const auto text = export_pack({});
  ASSERT_TRUE(text);
  const FileRules whole = read({write("pack.yml", *text)});
  EXPECT_EQ(render_faults(whole.faults), "");
  std::size_t rules = 0;
  for (const rules::Group& group : load_rules({}, (*sandbox_)->language()).groups) rules += group.rules.size();
  std::size_t exported = 0;
  std::set<std::string> names;
  for (const rules::Group& group : whole.groups) {
    exported += group.rules.size();
    EXPECT_TRUE(names.insert(group.name).second) << group.name;
  }
  EXPECT_EQ(exported, rules);
  EXPECT_THAT(*text, HasSubstr("sonde_page: \"true\""));
}

TEST_F(OfflineRules, are_exported_with_the_values_of_the_configuration) {
  rules::RuleOptions options;
  options.defaults = {{"certificate.critical", "5d", 1, 1}};
  const auto text = export_pack(options);
  ASSERT_TRUE(text);
  EXPECT_NE(*text, *export_pack({}));
  options.built_in = false;
  EXPECT_FALSE(export_pack(options));
}

TEST_F(OfflineRules, are_tested_beside_the_file_that_names_them) {
  write("a.yml", "groups: [{name: g, rules: [{alert: A, expr: up == 0}]}]");
  const std::string test =
      "tests: [{input_series: [{series: up, values: 0}], alert_rule_test: [{alertname: A, "
      "eval_time: 0s, exp_alerts: [{}]}]}]";
  const RuleTestReport good = run_rule_test_file(write("good_test.yml", "rule_files: ['?.yml']\n" + test), false);
  EXPECT_TRUE(good.passed) << good.text;
  EXPECT_EQ(good.text, "Unit Testing:  " + folder_ + "good_test.yml\n  SUCCESS\n\n");
  const RuleTestReport bad = run_rule_test_file(write("bad_test.yml", "rule_files: [none.yml]\n" + test), false);
  EXPECT_FALSE(bad.passed);
  EXPECT_THAT(bad.text, HasSubstr("  FAILED:\n" + folder_ + "none.yml: cannot be read: "));
}

TEST(RuleParameters, document_is_what_the_pack_says) {
  const auto document = read_file(std::string(SONDE_TESTS_DIR) + "/../docs/rule-parameters.md");
  ASSERT_TRUE(document);
  EXPECT_EQ(*document, parameters_as_markdown({}))
      << "write it again: sonde rules parameters --output markdown > docs/rule-parameters.md";
}

TEST(RuleParameters, are_shown_as_they_are_set) {
  rules::RuleOptions options;
  options.defaults = {{"certificate.critical", "5d", 1, 1}};
  options.scopes = {{"checkout", "/pay", {{"certificate.critical", "9d", 1, 1}}}};
  const std::string table = parameters_as_table(options);
  EXPECT_THAT(table, testing::ContainsRegex("certificate.critical +5d +duration"));
  EXPECT_THAT(table, testing::ContainsRegex("certificate.critical +9d +duration +For checkout /pay."));
  EXPECT_THAT(parameters_as_json(options), HasSubstr("\"scope\": \"checkout /pay\""));
}

}  // namespace
}  // namespace sonde::app
