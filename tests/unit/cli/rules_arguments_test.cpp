#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "cli/daemon_address.h"

namespace sonde::cli {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;

Expected<Command, ArgumentsExit> parse(const std::vector<std::string>& words) {
  std::vector<const char*> argv{"sonde", "rules"};
  for (const std::string& word : words) argv.push_back(word.c_str());
  return parse_arguments(static_cast<int>(argv.size()), argv.data());
}

template <class Wanted>
Wanted read(const std::vector<std::string>& words) {
  ::unsetenv("SONDE_ADDRESS");
  const auto command = parse(words);
  EXPECT_TRUE(command) << command.error().text;
  const Wanted* wanted = command ? std::get_if<Wanted>(&*command) : nullptr;
  EXPECT_NE(wanted, nullptr);
  return wanted == nullptr ? Wanted{} : *wanted;
}

TEST(RulesArguments, check_takes_files_or_a_configuration) {
  EXPECT_THAT(read<RulesCheckCommand>({"check", "a.yml", "b.yml"}).files, ElementsAre("a.yml", "b.yml"));
  EXPECT_THAT(read<RulesCheckCommand>({"check", "--config", "c.yaml"}).config, Optional(std::string("c.yaml")));
}

TEST(RulesArguments, list_and_explain_ask_a_daemon) {
  EXPECT_EQ(to_text(read<RulesListCommand>({"list"}).address), "127.0.0.1:10977");
  EXPECT_EQ(read<RulesListCommand>({"list", "-o", "json"}).output, OutputFormat::kJson);
  const auto explain = read<RulesExplainCommand>({"explain", "HighLoad", "--address", "db:7"});
  EXPECT_EQ(explain.alert, "HighLoad");
  EXPECT_EQ(to_text(explain.address), "db:7");
}

TEST(RulesArguments, test_judges_only_if_it_is_told_to) {
  EXPECT_FALSE(read<RulesTestCommand>({"test", "a_test.yml"}).judge);
  const auto command = read<RulesTestCommand>({"test", "a_test.yml", "--judge", "b_test.yml"});
  EXPECT_TRUE(command.judge);
  EXPECT_THAT(command.files, ElementsAre("a_test.yml", "b_test.yml"));
}

TEST(RulesArguments, backtest_takes_all_its_flags) {
  const auto plain = read<RulesBacktestCommand>({"backtest", "a.yml"});
  EXPECT_EQ(plain.since, 24h);
  EXPECT_FALSE(plain.until);
  EXPECT_FALSE(plain.step);
  const auto full = read<RulesBacktestCommand>(
      {"backtest", "a.yml", "--since", "7d", "--until", "1h", "--step", "1m", "-o", "json", "--address", "h:1"});
  EXPECT_EQ(full.since, 7 * 24h);
  EXPECT_EQ(full.until, Moment{nanoseconds{1h}});
  EXPECT_EQ(full.step, nanoseconds{1min});
  EXPECT_EQ(full.output, OutputFormat::kJson);
}

TEST(RulesArguments, export_and_parameters_take_a_configuration) {
  EXPECT_THAT(read<RulesExportCommand>({"export", "--config", "c.yaml"}).config, Optional(std::string("c.yaml")));
  EXPECT_EQ(read<RulesParametersCommand>({"parameters"}).output, DocumentFormat::kTable);
  EXPECT_EQ(read<RulesParametersCommand>({"parameters", "-o", "markdown"}).output, DocumentFormat::kMarkdown);
}

TEST(RulesArguments, help_of_a_verb_below_names_the_whole_way) {
  const auto help = parse({"check", "--help"});
  ASSERT_FALSE(help);
  EXPECT_EQ(help.error().exit_code, 0);
  EXPECT_THAT(help.error().text, HasSubstr("Usage: sonde rules check"));
  EXPECT_THAT(parse({"--help"}).error().text, HasSubstr("Usage: sonde rules"));
}

TEST(RulesArguments, the_group_alone_shows_its_help_as_an_error) {
  const auto exit = parse({});
  ASSERT_FALSE(exit);
  EXPECT_EQ(exit.error().exit_code, 2);
  EXPECT_TRUE(exit.error().to_stderr);
  EXPECT_THAT(exit.error().text, HasSubstr("Usage: sonde rules"));
  EXPECT_THAT(exit.error().text, HasSubstr("backtest"));
}

struct WrongRow {
  const char* name;
  std::vector<std::string> words;
  const char* says;
};

class WrongRulesUsage : public testing::TestWithParam<WrongRow> {};

TEST_P(WrongRulesUsage, ends_with_2_and_says_what_to_type) {
  const auto command = parse(GetParam().words);
  ASSERT_FALSE(command);
  EXPECT_EQ(command.error().exit_code, 2);
  EXPECT_TRUE(command.error().to_stderr);
  EXPECT_THAT(command.error().text, HasSubstr(GetParam().says));
  EXPECT_THAT(command.error().text, testing::EndsWith("--help`.\n"));
}

INSTANTIATE_TEST_SUITE_P(
    Words, WrongRulesUsage,
    testing::Values(
        WrongRow{"misspelt_verb", {"chek"}, "unknown verb 'rules chek'; did you mean 'rules check'?"},
        WrongRow{"flag_before_its_verb", {"--judge", "test", "a.yml"}, "as in `sonde rules test --judge`"},
        WrongRow{"misspelt_flag", {"test", "a.yml", "--juge"}, "unknown flag '--juge'; did you mean '--judge'?"},
        WrongRow{"check_of_nothing", {"check"}, "FILE is required, as in `sonde rules check"},
        WrongRow{"check_of_both", {"check", "a", "--config", "b"}, "--config does not go with rule files"},
        WrongRow{"test_of_nothing", {"test"}, "FILE is required, as in `sonde rules test"},
        WrongRow{"explanation_of_nothing", {"explain"}, "ALERT is required, as in `sonde rules explain HighErrorRate`"},
        WrongRow{"two_alerts", {"explain", "A", "B"}, "unexpected argument 'B'"},
        WrongRow{"no_time", {"backtest", "a.yml", "--until", "noon"}, "--until: 'noon' is no time"},
        WrongRow{"no_step", {"backtest", "a.yml", "--step", "1ms"}, "--step: '1ms' is shorter than 1s"},
        WrongRow{"csv", {"parameters", "-o", "csv"}, "'csv' is not one of table, json, markdown"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace sonde::cli
