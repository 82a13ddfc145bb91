#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "cli/arguments.h"

namespace sonde::cli {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Optional;

Expected<Command, ArgumentsExit> parse(const std::vector<std::string>& words) {
  std::vector<const char*> argv{"sonde", "routes"};
  for (const std::string& word : words) argv.push_back(word.c_str());
  return parse_arguments(static_cast<int>(argv.size()), argv.data());
}

template <class Wanted>
Wanted read(const std::vector<std::string>& words) {
  const auto command = parse(words);
  EXPECT_TRUE(command) << command.error().text;
  const Wanted* wanted = command ? std::get_if<Wanted>(&*command) : nullptr;
  EXPECT_NE(wanted, nullptr);
  return wanted == nullptr ? Wanted{} : *wanted;
}

std::string refusal(const std::vector<std::string>& words) {
  const auto command = parse(words);
  return command ? "" : command.error().text;
}

TEST(RoutesArguments, check_takes_files) {
  EXPECT_THAT(read<RoutesCheckCommand>({"check", "a.yml", "b.yml"}).files, ElementsAre("a.yml", "b.yml"));
  EXPECT_THAT(refusal({"check"}), HasSubstr("FILE is required"));
}

TEST(RoutesArguments, show_takes_a_file) {
  EXPECT_EQ(read<RoutesShowCommand>({"show", "--config.file", "a.yml"}).config_file, "a.yml");
  EXPECT_EQ(read<RoutesShowCommand>({"show", "--config.file=a.yml", "-o", "json"}).output, OutputFormat::kJson);
  EXPECT_THAT(refusal({"show"}), HasSubstr("--config.file is required"));
}

TEST(RoutesArguments, test_takes_labels_and_all_its_flags) {
  const auto plain = read<RoutesTestCommand>({"test", "--config.file", "a.yml"});
  EXPECT_THAT(plain.labels, IsEmpty());
  EXPECT_FALSE(plain.verify_receivers);
  EXPECT_FALSE(plain.at);
  EXPECT_FALSE(plain.tree);
  const auto full = read<RoutesTestCommand>({"test", "a=b", "--config.file", "a.yml", "--verify.receivers=x,y", "--at",
                                             "15m", "--tree", "c=d", "-o", "json"});
  EXPECT_THAT(full.labels, ElementsAre("a=b", "c=d"));
  EXPECT_THAT(full.verify_receivers, Optional(std::string("x,y")));
  EXPECT_EQ(std::get<std::chrono::nanoseconds>(*full.at), 15min);
  EXPECT_TRUE(full.tree);
  EXPECT_EQ(full.output, OutputFormat::kJson);
  EXPECT_THAT(refusal({"test", "a=b", "--config.file", "a.yml", "--at", "yesterday"}), HasSubstr("--at"));
}

TEST(RoutesArguments, alone_it_says_which_verbs_there_are) {
  EXPECT_THAT(refusal({}), HasSubstr("show"));
  EXPECT_THAT(refusal({"tset"}), HasSubstr("test"));
}

}  // namespace
}  // namespace sonde::cli
