#include "inventory/service_rules.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "base/utf8.h"
#include "inventory/service_name.h"

namespace sonde::inventory {
namespace {

const std::string kContainer = "8f3b1c0d9e7a6f5b4c3d2e1f0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b";

struct PatternRow {
  const char* name;
  const char* pattern;
  const char* text;
  bool matches;
};

void PrintTo(const PatternRow& row, std::ostream* out) { *out << row.name; }

class PatternCase : public testing::TestWithParam<PatternRow> {};

TEST_P(PatternCase, matches_as_a_star_says) {
  EXPECT_EQ(matches_pattern(GetParam().pattern, GetParam().text), GetParam().matches);
}

INSTANTIATE_TEST_SUITE_P(
    Patterns, PatternCase,
    testing::Values(PatternRow{"same", "nginx", "nginx", true}, PatternRow{"longer_text", "nginx", "nginx2", false},
                    PatternRow{"longer_pattern", "nginx2", "nginx", false},
                    PatternRow{"other_case", "Nginx", "nginx", false}, PatternRow{"star_is_all", "*", "", true},
                    PatternRow{"star_in_front", "*d", "mysqld", true},
                    PatternRow{"star_behind", "python3*", "python3", true},
                    PatternRow{"star_crosses_slashes", "/opt/*/bin", "/opt/a/b/bin", true},
                    PatternRow{"star_tries_again", "*ab", "aab", true},
                    PatternRow{"two_stars_try_again", "a*b*c", "a_b_b_c_c", true},
                    PatternRow{"tail_that_is_missing", "a*b*c", "a_b_b", false},
                    PatternRow{"stars_in_a_row", "a**", "a", true}, PatternRow{"nothing", "", "", true},
                    PatternRow{"nothing_for_something", "", "a", false},
                    PatternRow{"question_mark_is_itself", "a?", "ab", false}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Pattern, takes_no_exponential_time) {
  std::string pattern;
  for (int i = 0; i < 50; ++i) pattern += "*a";
  EXPECT_FALSE(matches_pattern(pattern + "b", std::string(10'000, 'a')));
}

ServiceRule rule_on_port(const char* name, std::uint16_t port) {
  ServiceRule rule;
  rule.name = name;
  rule.port = port;
  return rule;
}

ServiceRule rule_on_executable(const char* name, const char* pattern) {
  ServiceRule rule;
  rule.name = name;
  rule.executable = pattern;
  return rule;
}

struct FieldRow {
  const char* name;
  ServiceRule rule;
  bool matches;
};

void PrintTo(const FieldRow& row, std::ostream* out) { *out << row.name; }

class FieldCase : public testing::TestWithParam<FieldRow> {};

TEST_P(FieldCase, holds_or_not) {
  const ServiceRules rules({GetParam().rule});
  const ProcessFacts facts{"/usr/lib/jvm/17/bin/java", "orders", "/system.slice/orders.service", kContainer, 8080};
  EXPECT_EQ(rules.name_for(facts) != nullptr, GetParam().matches);
}

INSTANTIATE_TEST_SUITE_P(
    Fields, FieldCase,
    testing::Values(FieldRow{"base_name", rule_on_executable("r", "java"), true},
                    FieldRow{"base_name_pattern", rule_on_executable("r", "ja*"), true},
                    FieldRow{"base_name_is_not_the_path", rule_on_executable("r", "usr*java"), false},
                    FieldRow{"whole_path", rule_on_executable("r", "/usr/lib/jvm/*/bin/java"), true},
                    FieldRow{"whole_path_of_another", rule_on_executable("r", "/opt/*/java"), false},
                    FieldRow{"comm", ServiceRule{"r", {}, "ord*", {}, {}, {}}, true},
                    FieldRow{"comm_of_another", ServiceRule{"r", {}, "ord", {}, {}, {}}, false},
                    FieldRow{"cgroup", ServiceRule{"r", {}, {}, "/system.slice/orders*", {}, {}}, true},
                    FieldRow{"cgroup_of_another", ServiceRule{"r", {}, {}, "/user.slice/*", {}, {}}, false},
                    FieldRow{"container_prefix", ServiceRule{"r", {}, {}, {}, "8f3b1c0d9e7a", {}}, true},
                    FieldRow{"container_whole", ServiceRule{"r", {}, {}, {}, kContainer, {}}, true},
                    FieldRow{"container_prefix_too_short", ServiceRule{"r", {}, {}, {}, "8f3b1c0d9e7", {}}, false},
                    FieldRow{"container_of_another", ServiceRule{"r", {}, {}, {}, "0f3b1c0d9e7a", {}}, false},
                    FieldRow{"port", rule_on_port("r", 8080), true},
                    FieldRow{"port_of_another", rule_on_port("r", 80), false},
                    FieldRow{"all_fields", ServiceRule{"r", "java", "orders", "*", "8f3b1c0d9e7a", std::uint16_t{8080}},
                             true},
                    FieldRow{"all_fields_but_one",
                             ServiceRule{"r", "java", "orders", "*", "8f3b1c0d9e7a", std::uint16_t{81}}, false},
                    FieldRow{"no_field", ServiceRule{"r", {}, {}, {}, {}, {}}, false}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ServiceRules, let_the_first_match_win) {
  const ServiceRules rules(
      {rule_on_port("web", 80), rule_on_executable("first", "java"), rule_on_executable("second", "java")});
  const ProcessFacts facts{"/bin/java", "java", "/", "", 8080};
  ASSERT_NE(rules.name_for(facts), nullptr);
  EXPECT_EQ(*rules.name_for(facts), "first");
}

TEST(ServiceRules, hold_of_nothing_that_is_not_known) {
  const ServiceRules rules({rule_on_executable("r", "*"), ServiceRule{"r", {}, "*", {}, {}, {}}, rule_on_port("r", 0)});
  EXPECT_EQ(rules.name_for(ProcessFacts{}), nullptr);
}

TEST(ServiceRules, say_which_facts_they_need) {
  const ServiceRules on_port({rule_on_port("r", 80)});
  EXPECT_TRUE(on_port.use_port());
  EXPECT_FALSE(on_port.use_executable());
  EXPECT_FALSE(on_port.use_process_name());
  const ServiceRules on_program({rule_on_executable("r", "a"), ServiceRule{"r", {}, "b", {}, {}, {}}});
  EXPECT_FALSE(on_program.use_port());
  EXPECT_TRUE(on_program.use_executable());
  EXPECT_TRUE(on_program.use_process_name());
}

TEST(ServiceName, is_valid_utf8_cut_between_characters) {
  EXPECT_EQ(to_service_name(std::string(127, 'a') + "b"), std::string(127, 'a') + "b");
  EXPECT_EQ(to_service_name(std::string(127, 'a') + "\xC3\xA9"), std::string(127, 'a'));
  EXPECT_EQ(to_service_name(std::string(126, 'a') + "\xC3\xA9"), std::string(126, 'a') + "\xC3\xA9");
  EXPECT_EQ(to_service_name("a\xFF\n").find('\n'), std::string::npos);
  EXPECT_TRUE(is_valid_utf8(to_service_name(std::string(300, '\xFF'))));
  EXPECT_LE(to_service_name(std::string(300, '\xFF')).size(), kMaxNameBytes);
  EXPECT_EQ(to_service_name(""), kUnknownService);
}

}  // namespace
}  // namespace sonde::inventory
