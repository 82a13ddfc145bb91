#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "notify/notification.h"
#include "notify/slack_answer.h"
#include "support/fake_transports.h"
#include "support/sample_notification.h"

namespace sonde::notify {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr const char* kPost = "https://slack.test/api/chat.postMessage";
constexpr const char* kUpdate = "https://slack.test/api/chat.update";
constexpr const char* kPosted = R"({"ok":true,"channel":"C1","ts":"17.000100","message":{"text":"..."}})";

HttpReply answer(const std::string& body, int status = 200) { return {status, body, std::nullopt}; }
HttpReply no(const std::string& word) { return answer(R"({"ok":false,"error":")" + word + "\"}"); }

class SlackBotTest : public testing::Test {
 protected:
  Attempt send(const Notification& notification, std::optional<Receipt> incident = std::nullopt) {
    Outgoing outgoing = first_attempt(notification);
    outgoing.incident = std::move(incident);
    return make_sender(channel, fake.all(), 1s)->send(outgoing);
  }

  std::vector<std::string> called() const {
    std::vector<std::string> methods;
    for (const HttpPost& post : fake.http.sent) methods.push_back(post.url.substr(post.url.rfind('/') + 1));
    return methods;
  }
  json sent(std::size_t index) const { return json::parse(fake.http.sent.at(index).body); }

  FakeTransports fake;
  const Channel channel{"ops", SlackBot{.token = "xoxb-1", .channel = "#ops", .api_url = "https://slack.test/api"}};
  const Receipt first{"17.000100", "C1", ""};
};

TEST_F(SlackBotTest, posts_the_first_message_of_an_incident_and_keeps_what_slack_calls_it) {
  fake.http.script[kPost] = {answer(kPosted)};
  const Attempt attempt = send(firing());
  EXPECT_EQ(attempt.outcome, Outcome::kDelivered) << attempt.error;
  EXPECT_EQ(attempt.receipt.id, "17.000100");
  EXPECT_EQ(attempt.receipt.place, "C1");
  EXPECT_EQ(called(), std::vector<std::string>{"chat.postMessage"});
  EXPECT_EQ(fake.http.sent[0].headers.at(0).value, "Bearer xoxb-1");
  EXPECT_EQ(fake.http.sent[0].url.find("xoxb"), std::string::npos);
  EXPECT_EQ(sent(0).at("channel"), "#ops");
}

/// The buttons of a message: action and value.
std::vector<std::pair<std::string, std::string>> buttons_of(const json& message) {
  std::vector<std::pair<std::string, std::string>> buttons;
  for (const json& block : message.at("attachments").at(0).at("blocks")) {
    if (block.at("type") != "actions") continue;
    for (const json& each : block.at("elements")) buttons.emplace_back(each.at("action_id"), each.at("value"));
  }
  return buttons;
}

class SlackButtons : public SlackBotTest {
 protected:
  json first_call(const Notification& notification, std::optional<Receipt> incident = std::nullopt) {
    fake.http.script[kPost] = {answer(kPosted)};
    fake.http.script[kUpdate] = {answer(kPosted)};
    Outgoing outgoing = first_attempt(notification);
    outgoing.incident = std::move(incident);
    make_sender(signed_channel, fake.all(), 1s)->send(outgoing);
    return sent(0);
  }

  static Notification unanswered() {
    Notification notification = with_evidence();
    notification.unanswered = true;
    return notification;
  }

  const Channel signed_channel{
      "ops",
      SlackBot{.token = "xoxb-1", .channel = "#ops", .api_url = "https://slack.test/api", .signing_secret = "s"}};
  const std::vector<std::pair<std::string, std::string>> both{{"sonde_acknowledge", "12"}, {"sonde_resolve", "12"}};
};

TEST_F(SlackButtons, stand_below_what_fires_as_long_as_nobody_has_taken_it_on) {
  EXPECT_EQ(buttons_of(first_call(unanswered())), both);
}

TEST_F(SlackButtons, stay_while_the_message_is_kept_up_to_date_and_are_in_no_answer_below_it) {
  EXPECT_EQ(buttons_of(first_call(unanswered(), first)), both);
  EXPECT_EQ(sent(1).at("thread_ts"), "17.000100");
  EXPECT_TRUE(buttons_of(sent(1)).empty());
}

TEST_F(SlackButtons, go_away_with_the_first_answer_and_with_the_end) {
  Notification acknowledged = with_evidence();
  acknowledged.kind = MessageKind::kAcknowledged;
  EXPECT_TRUE(buttons_of(first_call(acknowledged, first)).empty());
  EXPECT_EQ(called().front(), "chat.update");
  fake.http.sent.clear();
  EXPECT_TRUE(buttons_of(first_call(end_of(unanswered(), kSampleStart), first)).empty());
}

TEST_F(SlackButtons, are_not_there_where_nobody_listens_to_them) {
  fake.http.script[kPost] = {answer(kPosted)};
  send(unanswered());
  EXPECT_TRUE(buttons_of(sent(0)).empty());
}

TEST_F(SlackBotTest, updates_the_first_message_on_resolve_and_then_answers_below_it) {
  fake.http.script[kUpdate] = {answer(kPosted)};
  fake.http.script[kPost] = {answer(R"({"ok":true,"channel":"C1","ts":"18.000200"})")};
  const Attempt attempt = send(resolved(), first);
  EXPECT_EQ(attempt.outcome, Outcome::kDelivered);
  EXPECT_EQ(attempt.receipt.id, "17.000100") << "later messages go below the first one too";
  EXPECT_EQ(called(), (std::vector<std::string>{"chat.update", "chat.postMessage"}));
  EXPECT_EQ(sent(0).at("ts"), "17.000100");
  EXPECT_EQ(sent(0).at("channel"), "C1");
  EXPECT_EQ(sent(1).at("thread_ts"), "17.000100");
}

TEST_F(SlackBotTest, P15_posts_anew_where_the_first_message_is_gone) {
  for (const char* word : {"message_not_found", "cant_update_message", "edit_window_closed"}) {
    fake.http.sent.clear();
    fake.http.script[kUpdate] = {no(word)};
    fake.http.script[kPost] = {answer(R"({"ok":true,"channel":"C1","ts":"19.000300"})")};
    const Attempt attempt = send(resolved(), first);
    EXPECT_EQ(attempt.outcome, Outcome::kDelivered) << word;
    EXPECT_EQ(attempt.receipt.id, "19.000300") << "later updates use the new one";
    EXPECT_FALSE(sent(1).contains("thread_ts"));
  }
}

TEST_F(SlackBotTest, tells_nobody_before_the_update_is_there_and_can_repeat_it_without_harm) {
  fake.http.script[kUpdate] = {HttpFailure{Error{Code::kIo, "reset"}, true}};
  const Attempt attempt = send(resolved(), first);
  EXPECT_EQ(attempt.outcome, Outcome::kRetry);
  EXPECT_FALSE(attempt.may_have_arrived);
  EXPECT_EQ(called(), std::vector<std::string>{"chat.update"});
}

TEST_F(SlackBotTest, answers_a_note_in_the_thread_and_leaves_the_message_as_it_is) {
  fake.http.script[kPost] = {answer(R"({"ok":true,"channel":"C1","ts":"18.000200"})")};
  Notification note = firing();
  note.kind = MessageKind::kNoticed;
  const Attempt attempt = send(note, first);
  EXPECT_EQ(attempt.outcome, Outcome::kDelivered);
  EXPECT_EQ(called(), std::vector<std::string>{"chat.postMessage"});
  EXPECT_EQ(sent(0).at("thread_ts"), "17.000100");
  EXPECT_EQ(attempt.receipt.id, "17.000100");
}

TEST_F(SlackBotTest, shows_an_acknowledgement_in_the_message_itself) {
  fake.http.script[kUpdate] = {answer(kPosted)};
  fake.http.script[kPost] = {answer(R"({"ok":true,"channel":"C1","ts":"18.000200"})")};
  Notification acknowledged = firing();
  acknowledged.kind = MessageKind::kAcknowledged;
  acknowledged.actor = acknowledged.assignee = "anna";
  EXPECT_EQ(send(acknowledged, first).outcome, Outcome::kDelivered);
  EXPECT_EQ(sent(0).at("text"), "ACKNOWLEDGED critical: HighErrorRate on checkout (by anna)");
  EXPECT_NE(sent(0).dump().find("Taken on by"), std::string::npos);
}

struct AnswerRow {
  const char* name;
  HttpReply reply;
  Outcome outcome;
  bool may_have_arrived;
  const char* says;
};

class SlackAnswer : public testing::TestWithParam<AnswerRow> {};

TEST_P(SlackAnswer, P07_means_what_its_word_says_whatever_the_status) {
  const Attempt attempt = judge_slack_api(GetParam().reply, kSampleStart).attempt;
  EXPECT_EQ(attempt.outcome, GetParam().outcome);
  EXPECT_EQ(attempt.may_have_arrived, GetParam().may_have_arrived);
  EXPECT_NE(attempt.error.find(GetParam().says), std::string::npos) << attempt.error;
  EXPECT_EQ(attempt.error.find("SECRET"), std::string::npos) << attempt.error;
}

INSTANTIATE_TEST_SUITE_P(
    Rows, SlackAnswer,
    testing::Values(
        AnswerRow{"ok", answer(kPosted), Outcome::kDelivered, false, ""},
        AnswerRow{"ratelimited", no("ratelimited"), Outcome::kPause, false, "ratelimited"},
        AnswerRow{"status_429", {429, R"({"ok":false,"error":"ratelimited"})", "7"}, Outcome::kPause, false, "429"},
        AnswerRow{"channel_not_found", no("channel_not_found"), Outcome::kRefused, false, "invite the bot"},
        AnswerRow{"not_in_channel", no("not_in_channel"), Outcome::kRefused, false, "invite the bot"},
        AnswerRow{"invalid_auth", no("invalid_auth"), Outcome::kRefused, false, "token"},
        AnswerRow{"unknown_word", no("brand_new_error"), Outcome::kRefused, false, "brand_new_error"},
        AnswerRow{"no_word", no("SECRET and more"), Outcome::kRefused, false, "no reason given"},
        AnswerRow{"service_unavailable", no("service_unavailable"), Outcome::kRetry, false, "service_unavailable"},
        AnswerRow{"fatal_error", no("fatal_error"), Outcome::kRetry, true, "fatal_error"},
        AnswerRow{"status_500", answer("SECRET", 500), Outcome::kRetry, false, "HTTP 500"},
        AnswerRow{"status_404", answer("SECRET", 404), Outcome::kRefused, false, "HTTP 404"},
        AnswerRow{"web_page", answer("<html>SECRET"), Outcome::kRetry, true, "not Slack's"},
        AnswerRow{"half", answer(R"({"ok":true,"channel":"C1","t)"), Outcome::kRetry, true, "not Slack's"},
        AnswerRow{"list", answer(R"(["ok"])"), Outcome::kRetry, true, "not Slack's"},
        AnswerRow{"ok_is_no_truth", answer(R"({"ok":"yes"})"), Outcome::kRetry, true, "not Slack's"}),
    [](const auto& row) { return row.param.name; });

TEST(SlackAnswers, wait_as_long_as_header_or_body_say) {
  EXPECT_EQ(judge_slack_api(HttpReply{429, "", "7"}, kSampleStart).attempt.wait, 7s);
  EXPECT_EQ(
      judge_slack_api(answer(R"({"ok":false,"error":"rate_limited","retry_after":9})"), kSampleStart).attempt.wait, 9s);
  EXPECT_EQ(judge_slack_api(no("ratelimited"), kSampleStart).attempt.wait, 30s);
}

TEST(SlackWebhookAnswer, repeats_the_one_word_slack_says_and_nothing_that_could_hold_the_url) {
  const auto error = [](const std::string& body) { return judge_slack_webhook(answer(body, 404), kSampleStart).error; };
  EXPECT_NE(error("no_service").find("HTTP 404 (no_service); check"), std::string::npos) << error("no_service");
  const std::string bare = error("");
  EXPECT_EQ(error("/services/T0/B0/secret not found"), bare);
  EXPECT_EQ(error("SECRET0"), bare);
}

TEST(SlackWebhookAnswer, is_ok_or_it_is_not_from_slack) {
  const Attempt delivered = judge_slack_webhook(answer("ok"), kSampleStart);
  EXPECT_EQ(delivered.outcome, Outcome::kDelivered);
  EXPECT_EQ(delivered.receipt.reply, "HTTP 200 (ok)");
  EXPECT_EQ(judge_slack_webhook(answer("<html>Sign in</html>"), kSampleStart).outcome, Outcome::kRetry);
}

}  // namespace
}  // namespace sonde::notify
