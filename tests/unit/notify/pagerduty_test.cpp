#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "base/utf8.h"
#include "notify/pagerduty_answer.h"
#include "notify/payload.h"
#include "support/fake_transports.h"
#include "support/sample_notification.h"

namespace sonde::notify {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

const std::string kKey = "0123456789abcdef0123456789abcdef";

PagerDutyContext trigger() { return {PagerDutyAction::kTrigger, kKey}; }

TEST(PagerDuty, triggers_with_all_that_is_known) {
  const json event = json::parse(pagerduty_payload(with_evidence(), trigger()));
  const json expected = {
      {"routing_key", kKey},
      {"event_action", "trigger"},
      {"dedup_key", "key"},
      {"client", "Sonde"},
      {"links", json::array({{{"href", "https://wiki.example/HighErrorRate?a=1&b=2"}, {"text", "Runbook"}},
                             {{"href", "https://sonde.example/incidents/12"}, {"text", "Incident"}},
                             {{"href", "https://sonde.example/incidents/12"}, {"text", "Acknowledge"}}})},
      {"client_url", "https://sonde.example/incidents/12"},
      {"payload",
       {{"summary", "HighErrorRate on checkout: 34.1 % of requests to checkout fail"},
        {"source", "web-1"},
        {"severity", "critical"},
        {"timestamp", "2027-01-15T08:01:00.000Z"},
        {"class", "HighErrorRate"},
        {"component", "checkout"},
        {"custom_details",
         {{"started_at", "2027-01-15T08:00:00.000Z"},
          {"value", 0.341},
          {"description", "Worst routes: /pay 97 %; /cart 12 %."},
          {"why_now", "severity raised"},
          {"host", "web-1"},
          {"service", "checkout"},
          {"runbook", "https://wiki.example/HighErrorRate?a=1&b=2"},
          {"incident", 12},
          {"num_firing", 1},
          {"num_resolved", 0},
          {"labels",
           {{"alertname", "HighErrorRate"},
            {"http_route", "/pay"},
            {"service_name", "checkout"},
            {"severity", "critical"}}},
          {"what_happened", json::array({"07:59:58 checkout (pid 812) was killed by SIGSEGV",
                                         "07:59:54 checkout started (pid 812)"})}}}}}};
  EXPECT_EQ(event, expected) << event.dump(2);
}

TEST(PagerDuty, acknowledges_and_resolves_by_the_same_key_and_nothing_else) {
  for (const auto& [action, word] :
       {std::pair{PagerDutyAction::kAcknowledge, "acknowledge"}, std::pair{PagerDutyAction::kResolve, "resolve"}}) {
    EXPECT_EQ(json::parse(pagerduty_payload(resolved(), {action, kKey})),
              (json{{"routing_key", kKey}, {"event_action", word}, {"dedup_key", "key"}}));
  }
}

TEST(PagerDuty, has_a_word_for_every_severity) {
  for (const auto& [severity, word] :
       {std::pair{rules::Severity::kInfo, "info"}, std::pair{rules::Severity::kWarning, "warning"},
        std::pair{rules::Severity::kCritical, "critical"}}) {
    Notification notification = firing();
    notification.severity = severity;
    EXPECT_EQ(json::parse(pagerduty_payload(notification, trigger())).at("payload").at("severity"), word);
  }
}

TEST(PagerDuty, P16_stays_within_the_limits_of_fields_and_of_the_whole) {
  Notification notification = with_evidence();
  for (int i = 0; i < 5000; ++i) notification.summary += "\xF0\x9F\x94\xA5";
  notification.dedup_key = std::string(5000, 'k');
  for (int i = 0; i < 200; ++i) notification.labels.push_back({"l" + std::to_string(i), std::string(10'000, 'v')});
  const std::string text = pagerduty_payload(notification, trigger());
  EXPECT_LE(text.size(), 512'000u);
  const json event = json::parse(text);
  const std::string summary = event.at("payload").at("summary");
  EXPECT_TRUE(is_valid_utf8(summary));
  EXPECT_LE(std::count_if(summary.begin(), summary.end(), [](char c) { return (c & 0xC0) != 0x80; }), 1024);
  EXPECT_EQ(event.at("dedup_key").get<std::string>().size(), 64u) << "a digest of a key that is too long";
  EXPECT_TRUE(event.at("payload").at("custom_details").contains("note"));
}

TEST(PagerDuty, G06_tells_of_a_thousand_alerts_within_the_limit_of_an_event) {
  Notification notification = group_of(1'000);
  for (AlertLine& alert : notification.alerts) alert.annotations.push_back({"summary", std::string(10'000, 'x')});
  notification.alerts.front().labels.push_back({"long", std::string(4'000, 'v')});
  const std::string text = pagerduty_payload(notification, trigger());
  EXPECT_LE(text.size(), 512'000u);
  const json payload = json::parse(text).at("payload");
  EXPECT_EQ(payload.at("summary"), "HighErrorRate on checkout, and 998 more: 34.1 % of requests to checkout fail");
  EXPECT_EQ(payload.at("group"), "service_name=checkout");
  const json& details = payload.at("custom_details");
  EXPECT_EQ(details.at("num_firing"), 999);
  EXPECT_EQ(details.at("num_resolved"), 1);
  EXPECT_EQ(details.at("alerts").at(1).at("labels").at("alertname"), "Alert1");
  EXPECT_EQ(details.at("alerts").size() + details.value("alerts_left_out", 0u), 1'000u);
}

TEST(PagerDuty, says_how_many_alerts_it_has_no_room_for) {
  Notification notification = group_of(1'000);
  for (AlertLine& alert : notification.alerts) alert.labels.push_back({"long", std::string(1'000, 'v')});
  const std::string text = pagerduty_payload(notification, trigger());
  EXPECT_LE(text.size(), 512'000u);
  const json details = json::parse(text).at("payload").at("custom_details");
  EXPECT_GE(details.at("alerts").size(), 100u);
  EXPECT_EQ(details.at("alerts").size() + details.at("alerts_left_out").get<std::size_t>(), 1'000u);
}

TEST(PagerDuty, links_only_what_can_be_followed) {
  Notification notification = firing();
  notification.runbook_url = "docs/runbooks/HighErrorRate.md";
  const json event = json::parse(pagerduty_payload(notification, trigger()));
  EXPECT_FALSE(event.contains("links"));
  EXPECT_EQ(event.at("payload").at("custom_details").at("runbook"), notification.runbook_url);
}

TEST(PagerDutySender, P04_sends_the_same_body_and_key_again_when_the_answer_was_lost) {
  FakeTransports fake;
  const Channel channel{"on-call", PagerDuty{.routing_key = kKey, .url = "https://pd.test/v2/enqueue"}};
  fake.http.script["https://pd.test/v2/enqueue"] = {
      HttpFailure{Error{Code::kIo, "reset"}, true},
      HttpReply{202, R"({"status":"success","message":"Event processed","dedup_key":"key"})", std::nullopt}};
  const auto sender = make_sender(channel, fake.all(), 1s);
  const Notification notification = firing();
  Outgoing outgoing = first_attempt(notification);
  const Attempt lost = sender->send(outgoing);
  EXPECT_EQ(lost.outcome, Outcome::kRetry);
  EXPECT_TRUE(lost.may_have_arrived);
  EXPECT_TRUE(sender->is_idempotent());
  outgoing.attempt = 2;
  outgoing.may_be_repeat = true;
  const Attempt delivered = sender->send(outgoing);
  EXPECT_EQ(delivered.outcome, Outcome::kDelivered);
  EXPECT_EQ(delivered.receipt.id, "key");
  EXPECT_EQ(delivered.receipt.reply, "HTTP 202 (Event processed)");
  EXPECT_EQ(fake.http.sent.at(0).body, fake.http.sent.at(1).body);
}

struct ActionRow {
  MessageKind kind;
  const char* action;  // empty: nothing is sent
};

TEST(PagerDutySender, does_what_the_kind_of_message_says_under_one_key) {
  for (const ActionRow& row :
       {ActionRow{MessageKind::kFiring, "trigger"}, ActionRow{MessageKind::kUpdate, "trigger"},
        ActionRow{MessageKind::kRepeat, "trigger"}, ActionRow{MessageKind::kAcknowledged, "acknowledge"},
        ActionRow{MessageKind::kResolved, "resolve"}, ActionRow{MessageKind::kNoticed, ""}}) {
    FakeTransports fake;
    fake.http.otherwise = "{}";
    const Channel channel{"on-call", PagerDuty{.routing_key = kKey, .url = "https://pd.test/v2/enqueue"}};
    Notification notification = row.kind == MessageKind::kResolved ? resolved() : firing();
    notification.kind = row.kind;
    const Attempt attempt = make_sender(channel, fake.all(), 1s)->send(first_attempt(notification));
    EXPECT_EQ(attempt.receipt.id, "key") << row.action;
    if (*row.action == '\0') {
      EXPECT_TRUE(fake.http.sent.empty());
      EXPECT_EQ(attempt.outcome, Outcome::kDelivered);
      EXPECT_EQ(attempt.receipt.reply, "not sent: PagerDuty knows no noticed");
      continue;
    }
    const json event = json::parse(fake.http.sent.at(0).body);
    EXPECT_EQ(event.at("event_action"), row.action);
    EXPECT_EQ(event.at("dedup_key"), "key");
  }
}

TEST(PagerDuty, says_whose_place_it_takes) {
  const PagerDutyContext context{PagerDutyAction::kTrigger, kKey, {.instead_of = "ops"}};
  EXPECT_EQ(json::parse(pagerduty_payload(firing(), context)).at("payload").at("custom_details").at("in_place_of"),
            "ops");
}

TEST(PagerDutyAnswer, P05_keeps_the_reasons_of_a_refusal_but_not_the_routing_key) {
  const Attempt attempt = judge_pagerduty(
      HttpReply{400,
                R"({"status":"invalid event","message":"Event object is invalid","errors":["'routing_key' )" + kKey +
                    R"( is invalid", 7]})",
                std::nullopt},
      kSampleStart, kKey);
  EXPECT_EQ(attempt.outcome, Outcome::kRefused);
  EXPECT_EQ(attempt.error, "HTTP 400 (Event object is invalid; 'routing_key' <secret> is invalid)");
}

TEST(PagerDutyAnswer, retries_what_may_pass_and_pauses_when_asked) {
  EXPECT_EQ(judge_pagerduty(HttpReply{429, "{}", std::nullopt}, kSampleStart, kKey).outcome, Outcome::kPause);
  EXPECT_EQ(judge_pagerduty(HttpReply{503, "down", std::nullopt}, kSampleStart, kKey).outcome, Outcome::kRetry);
  EXPECT_EQ(judge_pagerduty(HttpReply{200, "<html>", std::nullopt}, kSampleStart, kKey).outcome, Outcome::kRetry);
}

}  // namespace
}  // namespace sonde::notify
