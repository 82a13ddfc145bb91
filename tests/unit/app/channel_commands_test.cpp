#include "app/channel_commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/file.h"

namespace sonde::app {
namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<notify::Channel> channels() {
  notify::Email email{.host = "mail.shop.example"};
  email.to = {{"", "team@shop.example"}};
  return {{"ops", notify::SlackBot{.token = "SECRET", .channel = "#ops"}},
          {"on-call", notify::PagerDuty{.routing_key = "SECRET"}},
          {"team", email},
          {"fleet", notify::Alertmanager{.urls = {"http://am-1.shop.example:9093", "http://am-2.shop.example:9093"}}}};
}

TEST(ChannelList, is_what_the_reference_shows) {
  const auto document = read_file(std::string(SONDE_TESTS_DIR) + "/../docs/cli.md");
  ASSERT_TRUE(document);
  EXPECT_THAT(*document, HasSubstr("sonde.yaml\n" + channels_as_table(channels())));
}

TEST(ChannelList, holds_no_secret) {
  EXPECT_THAT(channels_as_table(channels()), Not(HasSubstr("SECRET")));
  EXPECT_THAT(channels_as_json(channels()), Not(HasSubstr("SECRET")));
  const auto list = nlohmann::json::parse(channels_as_json(channels()));
  EXPECT_EQ(
      list.at(1),
      (nlohmann::json{{"name", "on-call"}, {"kind", "pagerduty"}, {"to", "Events API v2 at events.pagerduty.com"}}));
  EXPECT_THAT(channels_as_table({}), HasSubstr("no channel"));
}

TEST(TestMessage, is_told_in_plain_words) {
  using notify::Attempt;
  using notify::Outcome;
  const auto told = [](const Attempt& attempt) { return tell_attempt("ops", attempt); };
  EXPECT_EQ(told({.outcome = Outcome::kDelivered, .receipt = {"", "", "HTTP 200 (ok)"}}),
            "ops: delivered: HTTP 200 (ok)");
  EXPECT_THAT(told({.outcome = Outcome::kDelivered, .error = "b@x: SMTP 550"}), HasSubstr("not to everybody: b@x"));
  EXPECT_THAT(told({.error = "cut", .may_have_arrived = true}), HasSubstr("cut (it may have arrived); a real"));
  EXPECT_THAT(told({.outcome = Outcome::kPause, .error = "HTTP 429"}), HasSubstr("would wait"));
  EXPECT_THAT(told({.outcome = Outcome::kRefused, .error = "HTTP 404"}), HasSubstr("ops: refused: HTTP 404"));
  EXPECT_TRUE(reached_all({.outcome = Outcome::kDelivered}));
  EXPECT_FALSE(reached_all({.outcome = Outcome::kDelivered, .error = "b@x: SMTP 550"}));
}

}  // namespace
}  // namespace sonde::app
