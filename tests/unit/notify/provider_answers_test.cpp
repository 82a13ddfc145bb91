#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>

#include "notify/curl_http_client.h"
#include "support/fake_transports.h"
#include "support/loopback_http_server.h"
#include "support/sample_notification.h"

namespace sonde::notify {
namespace {

using namespace std::chrono_literals;
using test::Behaviour;
using test::LoopbackHttpServer;
using test::ScriptedReply;

/// Every kind of channel that is reached over HTTP.
enum class Kind : std::uint8_t { kSlackWebhook, kSlackBot, kWebhook, kPagerDuty, kAlertmanager };
constexpr Kind kKinds[] = {Kind::kSlackWebhook, Kind::kSlackBot, Kind::kWebhook, Kind::kPagerDuty, Kind::kAlertmanager};

Channel channel_to(const LoopbackHttpServer& server, Kind kind) {
  const std::string url = server.url("/hush");
  switch (kind) {
    case Kind::kSlackWebhook:
      return {"a", SlackWebhook{url}};
    case Kind::kSlackBot:
      return {"a", SlackBot{.token = "hush", .channel = "#ops", .api_url = url}};
    case Kind::kWebhook:
      return {"a", Webhook{.url = url, .token = "hush"}};
    case Kind::kPagerDuty:
      return {"a", PagerDuty{.routing_key = "hush", .url = url}};
    case Kind::kAlertmanager:
      return {"a", Alertmanager{.urls = {server.url("")}}};
  }
  return {};
}

/// One attempt over a real connection.
Attempt attempt(const ScriptedReply& reply, Kind kind, std::chrono::nanoseconds timeout) {
  const LoopbackHttpServer server({reply});
  auto http = CurlHttpClient::create("sonde/test");
  FakeMailClient mail;
  FakeProgramRunner programs;
  const Channel channel = channel_to(server, kind);
  const Notification notification = firing();
  return make_sender(channel, {**http, mail, programs}, timeout)->send(first_attempt(notification));
}

struct AnswerRow {
  const char* name;
  ScriptedReply reply;
  Outcome outcome;
  bool may_have_arrived = false;
  std::chrono::nanoseconds timeout = 60s;
};

class ProviderAnswer : public testing::TestWithParam<AnswerRow> {};

TEST_P(ProviderAnswer, is_judged_the_same_for_every_kind_of_channel) {
  for (const Kind kind : kKinds) {
    const AnswerRow& row = GetParam();
    const Attempt ended = attempt(row.reply, kind, row.timeout);
    EXPECT_EQ(ended.outcome, row.outcome) << static_cast<int>(kind) << ": " << ended.error;
    EXPECT_EQ(ended.may_have_arrived, row.may_have_arrived) << static_cast<int>(kind) << ": " << ended.error;
    EXPECT_EQ(ended.error.empty(), row.outcome == Outcome::kDelivered) << ended.error;
    EXPECT_EQ(ended.error.find("hush"), std::string::npos) << ended.error;
  }
}

const std::string kOk = R"({"ok":true,"channel":"C1","ts":"1.2","status":"success"})";

INSTANTIATE_TEST_SUITE_P(
    Rows, ProviderAnswer,
    testing::Values(AnswerRow{"status_200", {200, "", kOk}, Outcome::kDelivered},
                    AnswerRow{"status_202", {202, "", kOk}, Outcome::kDelivered},
                    AnswerRow{"status_400", {400, "", "at /hush"}, Outcome::kRefused},
                    AnswerRow{"status_403", {403, "", "at /hush"}, Outcome::kRefused},
                    AnswerRow{"status_404", {404, "", "at /hush"}, Outcome::kRefused},
                    AnswerRow{"status_410", {410, "", "at /hush"}, Outcome::kRefused},
                    AnswerRow{"status_301", {301, "Location: /hush\r\n", ""}, Outcome::kRefused},
                    AnswerRow{"status_307", {307, "Location: /hush\r\n", ""}, Outcome::kRefused},
                    AnswerRow{"status_429", {429, "", "at /hush"}, Outcome::kPause},
                    AnswerRow{"status_429_with_a_time", {429, "Retry-After: 7\r\n", "at /hush"}, Outcome::kPause},
                    AnswerRow{"status_500", {500, "", "at /hush"}, Outcome::kRetry},
                    AnswerRow{"status_503_with_a_time", {503, "Retry-After: 7\r\n", "at /hush"}, Outcome::kRetry},
                    AnswerRow{"status_504", {504, "", "at /hush"}, Outcome::kRetry, true},
                    AnswerRow{"no_answer", {200, "", "", Behaviour::kNeverReplies}, Outcome::kRetry, true, 300ms},
                    AnswerRow{"an_answer_that_drips", {200, "", "", Behaviour::kDrips}, Outcome::kRetry, true, 300ms},
                    AnswerRow{"a_farewell", {200, "", "", Behaviour::kClosesWithoutReply}, Outcome::kRetry, true},
                    AnswerRow{"a_reset", {200, "", "", Behaviour::kResets}, Outcome::kRetry, true},
                    AnswerRow{"garbage", {200, "", "", Behaviour::kGarbage}, Outcome::kRetry, true}),
    [](const auto& row) { return row.param.name; });

TEST(ProviderAnswers, P01_wait_as_long_as_they_say) {
  for (const Kind kind : kKinds) {
    EXPECT_EQ(attempt({429, "Retry-After: 7\r\n", ""}, kind, 60s).wait, 7s);
    EXPECT_EQ(attempt({429, "", ""}, kind, 60s).wait, 30s);
    EXPECT_EQ(attempt({503, "Retry-After: 7\r\n", ""}, kind, 60s).wait, 7s);
  }
}

TEST(ProviderAnswers, are_certain_not_to_have_come_from_nobody) {
  std::string nobody;
  {
    const LoopbackHttpServer gone;
    nobody = gone.url("/hush");
  }
  auto http = CurlHttpClient::create("sonde/test");
  FakeMailClient mail;
  FakeProgramRunner programs;
  const Channel channel{"a", Webhook{.url = nobody}};
  const Notification notification = firing();
  const Attempt ended = make_sender(channel, {**http, mail, programs}, 60s)->send(first_attempt(notification));
  EXPECT_EQ(ended.outcome, Outcome::kRetry);
  EXPECT_FALSE(ended.may_have_arrived);
}

TEST(ProviderAnswers, come_to_requests_with_all_their_headers) {
  const LoopbackHttpServer server;
  auto http = CurlHttpClient::create("sonde/test");
  const auto reply = (*http)->post({.url = server.url("/a"),
                                    .body = "{}",
                                    .headers = {{"Authorization", "Bearer t"}, {"X-Sonde-Attempt", "2"}},
                                    .timeout = 60s});
  ASSERT_TRUE(reply);
  const auto basic =
      (*http)->post({.url = server.url("/b"), .body = "[]", .http = {.user = "u", .password = "p"}, .timeout = 60s});
  ASSERT_TRUE(basic);
  ASSERT_TRUE(server.wait_for(2));
  EXPECT_EQ(server.requests()[0].headers.at("authorization"), "Bearer t");
  EXPECT_EQ(server.requests()[0].headers.at("x-sonde-attempt"), "2");
  EXPECT_EQ(server.requests()[1].headers.at("authorization"), "Basic dTpw");
}

}  // namespace
}  // namespace sonde::notify
