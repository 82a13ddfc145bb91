#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "cli/arguments.h"

namespace sonde::cli {
namespace {

using testing::HasSubstr;

Expected<Command, ArgumentsExit> parse(const std::vector<std::string>& words) {
  std::vector<const char*> argv{"sonde", "notify"};
  for (const std::string& word : words) argv.push_back(word.c_str());
  return parse_arguments(static_cast<int>(argv.size()), argv.data());
}

TEST(NotifyArguments, test_takes_a_channel_and_the_configuration_that_names_it) {
  const auto command = parse({"test", "ops", "--config", "c.yaml"});
  ASSERT_TRUE(command) << command.error().text;
  const auto* test = std::get_if<NotifyTestCommand>(&*command);
  ASSERT_NE(test, nullptr);
  EXPECT_EQ(test->channel, "ops");
  EXPECT_EQ(test->config, "c.yaml");
}

TEST(NotifyArguments, list_takes_a_configuration) {
  const auto command = parse({"list", "--config", "c.yaml", "-o", "json"});
  ASSERT_TRUE(command) << command.error().text;
  EXPECT_EQ(std::get<NotifyListCommand>(*command).output, OutputFormat::kJson);
}

TEST(NotifyArguments, neither_does_without_its_arguments) {
  for (const auto& words :
       {std::vector<std::string>{"test"}, {"test", "ops"}, {"test", "--config", "c"}, {"list"}, {}}) {
    const auto command = parse(words);
    ASSERT_FALSE(command);
    EXPECT_EQ(command.error().exit_code, 2);
    EXPECT_THAT(command.error().text, HasSubstr("sonde"));
  }
}

}  // namespace
}  // namespace sonde::cli
