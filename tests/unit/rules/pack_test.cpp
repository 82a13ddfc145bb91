#include "rules/pack.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "base/yaml_document.h"

namespace sonde::rules {
namespace {

std::string text_of(const RuleOptions& options, const std::string& file) {
  for (const PackText& part : render_pack(options)) {
    if (part.file == "built-in/" + file) return part.text;
  }
  return "";
}

/// The rule that raises `alert`, once for each rendering.
std::vector<std::string> rules_of(const std::string& text, const std::string& alert) {
  std::vector<std::string> found;
  const std::string start = "- alert: ";
  for (std::size_t at = text.find(start); at != std::string::npos;) {
    const std::size_t next = text.find(start, at + 1);
    const std::string rule = text.substr(at, next == std::string::npos ? next : next - at);
    if (rule.starts_with(start + alert + "\n")) found.push_back(rule);
    at = next;
  }
  return found;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string faults_of(const RuleOptions& options) {
  std::string text;
  for (const RuleFault& fault : check_options(options)) {
    text += std::to_string(fault.line) + ":" + std::to_string(fault.column) + " " + fault.what + "\n";
  }
  return text;
}

TEST(Pack, leaves_no_placeholder_and_is_yaml) {
  const auto texts = render_pack({});
  EXPECT_GE(texts.size(), 9U);
  for (const PackText& part : texts) {
    std::string rules;  // without remarks
    for (std::size_t at = 0; at < part.text.size();) {
      const std::size_t end = std::min(part.text.find('\n', at), part.text.size());
      const std::string line = part.text.substr(at, end - at);
      if (line.find_first_not_of(' ') == std::string::npos || line[line.find_first_not_of(' ')] != '#') rules += line;
      at = end + 1;
    }
    EXPECT_FALSE(has(rules, "${")) << part.file << rules.substr(std::min(rules.size(), rules.find("${")), 40);
    const auto root = parse_document(part.text);
    ASSERT_TRUE(root) << part.file << ":" << root.error().at.line << ": " << root.error().what;
  }
}

TEST(Pack, has_a_help_and_a_sound_default_for_each_parameter) {
  std::set<std::string> names;
  RuleOptions all;
  for (const Parameter& parameter : parameters()) {
    EXPECT_TRUE(names.insert(parameter.name).second) << parameter.name;
    EXPECT_FALSE(parameter.help.empty()) << parameter.name;
    all.defaults.push_back({parameter.name, parameter.text, 1, 1});
  }
  EXPECT_GE(names.size(), 100U);
  EXPECT_EQ(faults_of(all), "");
}

TEST(Pack, puts_values_where_the_parameters_are) {
  const RuleOptions options{.defaults = {{"response_time_p95.warning", "250ms"}, {"window", "2m"}}};
  const auto rules = rules_of(text_of(options, "services.yml"), "HighResponseTime");
  ASSERT_EQ(rules.size(), 2U) << "one of each severity";
  EXPECT_TRUE(has(rules[0], "> 0.25\n")) << rules[0];
  EXPECT_TRUE(has(rules[0], "[2m]"));
  EXPECT_TRUE(has(rules[1], "> 5\n")) << rules[1];
}

TEST(Pack, judges_a_service_by_its_own_values_and_nobody_twice) {
  RuleOptions options;
  options.scopes = {{"a.b\"c", "", {{"response_time_p95.warning", "3s"}}}};
  const std::string text = text_of(options, "services.yml");
  const auto rules = rules_of(text, "HighResponseTime");
  ASSERT_EQ(rules.size(), 3U) << "the warning twice, the critical one once";
  EXPECT_TRUE(has(rules[0], R"(service_name!~"a\\.b\"c")")) << rules[0];
  EXPECT_TRUE(has(rules[1], R"({service_name="a.b\"c"})")) << rules[1];
  EXPECT_TRUE(has(rules[1], "> 3\n"));
  EXPECT_FALSE(has(rules[2], "a.b"));
  for (const std::string& rule : rules_of(text, "HighErrorRate")) EXPECT_FALSE(has(rule, "a.b"));
}

TEST(Pack, judges_a_route_beside_its_service) {
  RuleOptions options;
  options.scopes = {{"shop", "", {{"response_time_p95.warning", "3s"}, {"window", "2m"}}},
                    {"shop", "/pay", {{"response_time_p95.warning", "100ms"}}}};
  const auto rules = rules_of(text_of(options, "services.yml"), "HighResponseTime");
  const auto of_route = std::find_if(rules.begin(), rules.end(),
                                     [](const std::string& rule) { return has(rule, R"(http_route="/pay")"); });
  ASSERT_NE(of_route, rules.end());
  EXPECT_TRUE(has(*of_route, "by (service_name,http_route, le)")) << *of_route;
  EXPECT_TRUE(has(*of_route, "> 0.1\n"));
  EXPECT_TRUE(has(*of_route, "[2m]")) << "what the route does not say is as its service has it";
}

TEST(Pack, leaves_out_what_is_disabled) {
  const RuleOptions options{.disabled = {"HighResponseTime"}};
  EXPECT_TRUE(rules_of(text_of(options, "services.yml"), "HighResponseTime").empty());
  EXPECT_FALSE(rules_of(text_of(options, "services.yml"), "HighErrorRate").empty());
  EXPECT_TRUE(render_pack({.built_in = false}).empty());
}

TEST(PackOptions, are_told_what_is_wrong_and_where) {
  RuleOptions options;
  options.defaults = {{"windw", "5m", 3, 7},
                      {"window", "soon", 4, 7},
                      {"error_ratio.warning", "5", 5, 7},
                      {"min_requests", "-1", 6, 7},
                      {"error_ratio.critical", "0.1%", 7, 7}};
  options.disabled = {"NoSuchAlert"};
  EXPECT_EQ(faults_of(options),
            "3:7 windw: there is no such parameter, did you mean 'window'?\n"
            "4:7 window: must be a duration such as 5m or 1h30m\n"
            "5:7 error_ratio.warning: must be a ratio from 0 to 1, such as 1% or 0.01\n"
            "6:7 min_requests: must be a number such as 20\n"
            "0:0 rules.disable: the built-in rules have no alert 'NoSuchAlert'\n");
}

TEST(PackOptions, demand_that_the_warning_comes_first) {
  EXPECT_EQ(faults_of({.defaults = {{"response_time_p95.warning", "10s", 1, 2}}}),
            "1:2 response_time_p95.warning: warning (10s) is above critical (5s): the warning must come first\n");
  RuleOptions service;
  service.defaults = {{"error_ratio.critical", "2%", 1, 1}};
  service.scopes = {{"a", "", {{"error_ratio.warning", "3%", 4, 5}}}};
  EXPECT_EQ(faults_of(service),
            "4:5 error_ratio.warning: warning (3%) is above critical (2%): the warning must come first\n");
  EXPECT_EQ(faults_of({.defaults = {{"error_ratio.warning", "5%", 1, 1}}}), "") << "equal is fine";
}

TEST(PackOptions, never_repeat_what_may_be_a_secret) {
  const std::string url = "https://hooks.example/T0SECRET/B0SECRET";
  RuleOptions options;
  options.defaults = {{url, "1", 1, 1}, {"window", url, 2, 2}, {"error_ratio.warning", url, 3, 3}};
  EXPECT_EQ(faults_of(options).find("SECRET"), std::string::npos) << faults_of(options);
}

}  // namespace
}  // namespace sonde::rules
