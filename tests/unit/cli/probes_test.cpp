#include "cli/probes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <variant>
#include <vector>

#include "cli/arguments.h"
#include "cli/daemon_address.h"
#include "unit/cli/sample_probes.h"

namespace sonde::cli {
namespace {

using testing::HasSubstr;
using testing::Optional;

Expected<Command, ArgumentsExit> parse(const std::vector<std::string>& words) {
  ::unsetenv("SONDE_ADDRESS");
  std::vector<const char*> argv{"sonde", "probe"};
  for (const std::string& word : words) argv.push_back(word.c_str());
  return parse_arguments(static_cast<int>(argv.size()), argv.data());
}

TEST(ProbeArguments, list_asks_a_daemon) {
  const auto command = parse({"list", "--address", "db:7", "-o", "json"});
  ASSERT_TRUE(command) << command.error().text;
  const auto& list = std::get<ProbeListCommand>(*command);
  EXPECT_EQ(to_text(list.address), "db:7");
  EXPECT_EQ(list.output, OutputFormat::kJson);
}

TEST(ProbeArguments, run_takes_a_url_or_a_name_of_a_configuration) {
  const auto url = parse({"run", "https://shop.example/"});
  ASSERT_TRUE(url) << url.error().text;
  EXPECT_EQ(std::get<ProbeRunCommand>(*url).target, "https://shop.example/");
  const auto name = parse({"run", "shop", "--config", "s.yaml"});
  ASSERT_TRUE(name) << name.error().text;
  EXPECT_THAT(std::get<ProbeRunCommand>(*name).config, Optional(std::string("s.yaml")));
  const auto neither = parse({"run", "shop"});
  ASSERT_FALSE(neither);
  EXPECT_EQ(neither.error().exit_code, 2);
  EXPECT_THAT(neither.error().text, HasSubstr("'shop' is no URL"));
}

TEST(Probes, are_listed_with_what_is_down_first_and_why) {
  const auto probes = parse_probes(kProbeList);
  ASSERT_TRUE(probes) << probes.error().what;
  const std::string text = render_probes(*probes);
  EXPECT_LT(text.find("orders"), text.find("mail"));
  EXPECT_LT(text.find("mail"), text.find("shop"));
  EXPECT_THAT(text, HasSubstr("the server is starting up, but real requests succeed\n"));
  EXPECT_THAT(text, HasSubstr("3 probes, 1 down\n"));
}

TEST(Probes, that_are_none_are_said_to_be_none) { EXPECT_THAT(render_probes({}), HasSubstr("there are no probes")); }

TEST(Probes, in_an_answer_that_makes_no_sense_are_refused) {
  for (const char* answer : {"", "[]", "{}", R"({"probes": [{}]})", R"({"probes": [{"probe": 3}]})"}) {
    EXPECT_FALSE(parse_probes(answer)) << answer;
  }
}

}  // namespace
}  // namespace sonde::cli
