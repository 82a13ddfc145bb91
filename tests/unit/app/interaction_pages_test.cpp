#include "app/interaction_pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/recent_keys.h"
#include "base/hmac.h"
#include "notify/notification.h"
#include "notify/payload.h"
#include "support/fake_clock.h"
#include "support/memory_desk.h"

namespace sonde::app {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr const char* kSlack = "/api/sonde/v1/slack/interactions";
constexpr const char* kPagerDuty = "/api/sonde/v1/pagerduty/webhook";

config::Config config_with(const std::string& slack_secret, const std::string& pagerduty_secret) {
  config::Config config;
  config.notify.channels = {{"ops", notify::SlackBot{.token = "t", .channel = "c", .signing_secret = slack_secret}},
                            {"hook", notify::SlackWebhook{.url = "http://x"}},
                            {"pager", notify::PagerDuty{.routing_key = "k", .webhook_secret = pagerduty_secret}}};
  return config;
}

alerts::Incident incident(std::int64_t id) {
  alerts::Incident made;
  made.id = id;
  made.group = {"pager", "99c8a588043b33dd"};
  made.opened_at.wall = WallTime{1'799'999'000s};
  return made;
}

class Answers : public testing::Test {
 protected:
  Answers() {
    desk_.add(incident(12));
    add_interaction_pages(router_,
                          {.desk = desk_, .clock = clock_, .tally = tally_, .config = config_, .host = "web-1"});
  }

  [[nodiscard]] alerts::IncidentStatus status() const { return desk_.incident(12)->status; }
  [[nodiscard]] std::vector<std::string> people() const { return desk_.incident(12)->acknowledged_by; }

  test::FakeClock clock_;
  test::MemoryDesk desk_{clock_};
  AnswerTally tally_;
  const LiveConfig config_{config_with("slack-secret", "pd-secret"), clock_.now()};
  serve::Router router_;
};

class SlackAnswers : public Answers {
 protected:
  static std::string form(const std::string& action = "sonde_acknowledge", const std::string& ts = "1.1",
                          std::int64_t id = 12) {
    const json payload = {
        {"type", "block_actions"},
        {"user", {{"id", "U1"}, {"username", "ann"}}},
        {"actions", json::array({{{"action_id", action}, {"value", std::to_string(id)}, {"action_ts", ts}}})}};
    return "payload=" + payload.dump();
  }

  serve::HttpResponse press(const std::string& form, const std::string& secret = "slack-secret",
                            std::chrono::seconds age = 0s) {
    const auto at = std::chrono::floor<std::chrono::seconds>(clock_.now().time_since_epoch() - age).count();
    serve::HttpRequest request{"POST", kSlack, {}};
    request.form = form;
    request.slack_timestamp = std::to_string(at);
    request.slack_signature = "v0=" + hmac_sha256_hex(secret, "v0:" + request.slack_timestamp + ":" + form);
    return router_(request);
  }
  [[nodiscard]] std::uint64_t counted(AnswerOutcome outcome) const { return tally_.count(AnswerWay::kSlack, outcome); }
};

TEST_F(SlackAnswers, acknowledge_and_resolve_in_the_name_of_who_pressed) {
  const auto answer = press(form());
  EXPECT_EQ(answer.status, 200u);
  EXPECT_EQ(*answer.body, "");
  EXPECT_EQ(people(), std::vector<std::string>{"slack:ann"});
  EXPECT_EQ(press(form("sonde_resolve", "1.2")).status, 200u);
  EXPECT_EQ(status(), alerts::IncidentStatus::kResolved);
  EXPECT_EQ(counted(AnswerOutcome::kDone), 2u);
}

TEST_F(SlackAnswers, A09_repeated_button) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(press(form()).status, 200u);
  EXPECT_EQ(desk_.orders(), 1u);
  EXPECT_EQ(people(), std::vector<std::string>{"slack:ann"});
  EXPECT_EQ(counted(AnswerOutcome::kRepeated), 2u);
}

TEST_F(SlackAnswers, that_come_again_late_take_back_nothing) {
  press(form());
  ASSERT_TRUE(desk_.order(12, {.action = alerts::IncidentAction::kUnacknowledge, .actor = "ben"}));
  clock_.advance(1h);
  EXPECT_EQ(press(form()).status, 200u);
  EXPECT_EQ(status(), alerts::IncidentStatus::kTriggered);
  press(form("sonde_acknowledge", "2.2"));
  EXPECT_EQ(status(), alerts::IncidentStatus::kAcknowledged) << "pressed once more";
}

TEST_F(SlackAnswers, of_others_are_refused) {
  EXPECT_EQ(press(form(), "another").status, 401u);
  EXPECT_EQ(press(form(), "slack-secret", 301s).status, 401u);
  EXPECT_EQ(press("payload={").status, 400u);
  serve::HttpRequest unsigned_one{"POST", kSlack, {{"payload", form().substr(8)}}};
  EXPECT_EQ(router_(unsigned_one).status, 401u);
  EXPECT_EQ(desk_.orders(), 0u);
  EXPECT_EQ(counted(AnswerOutcome::kRefused), 4u);
}

TEST_F(SlackAnswers, about_nothing_of_ours_are_fine) {
  EXPECT_EQ(press(form("other_button")).status, 200u);
  EXPECT_EQ(desk_.orders(), 0u);
  EXPECT_EQ(press(form("sonde_acknowledge", "3.3", 99)).status, 200u);
  EXPECT_EQ(counted(AnswerOutcome::kIgnored), 1u);
  EXPECT_EQ(counted(AnswerOutcome::kTooLate), 1u);
}

class PagerDutyAnswers : public Answers {
 protected:
  json told(const std::string& type, const std::string& id = "E1") const {
    return {{"event",
             {{"id", id},
              {"event_type", type},
              {"occurred_at", "2027-01-15T08:00:00Z"},
              {"agent", {{"type", "user_reference"}, {"summary", "Ann Bell"}}},
              {"data", {{"incident_key", notify::pagerduty_key(notify::dedup_key_of(incident(12), "web-1"))}}}}}};
  }

  serve::HttpResponse tell(const json& event, const std::string& secret = "pd-secret") {
    serve::HttpRequest request{"POST", kPagerDuty, {}};
    request.body = event.dump();
    request.pagerduty_signature = "v1=" + hmac_sha256_hex(secret, request.body);
    return router_(request);
  }
  [[nodiscard]] std::uint64_t counted(AnswerOutcome outcome) const {
    return tally_.count(AnswerWay::kPagerDuty, outcome);
  }
};

TEST_F(PagerDutyAnswers, do_here_what_was_done_there) {
  EXPECT_EQ(tell(told("incident.acknowledged", "E1")).status, 200u);
  EXPECT_EQ(people(), std::vector<std::string>{"pagerduty:Ann Bell"});
  EXPECT_EQ(tell(told("incident.unacknowledged", "E2")).status, 200u);
  EXPECT_EQ(status(), alerts::IncidentStatus::kTriggered);
  EXPECT_EQ(tell(told("incident.resolved", "E3")).status, 200u);
  EXPECT_EQ(status(), alerts::IncidentStatus::kResolved);
  EXPECT_EQ(counted(AnswerOutcome::kDone), 3u);
}

TEST_F(PagerDutyAnswers, find_an_incident_whose_key_was_too_long) {
  alerts::Incident made = incident(13);
  made.group.key = std::string(400, 'k');
  desk_.add(made);
  json event = told("incident.acknowledged");
  event["event"]["data"]["incident_key"] = notify::pagerduty_key(notify::dedup_key_of(made, "web-1"));
  tell(event);
  EXPECT_EQ(desk_.incident(13)->status, alerts::IncidentStatus::kAcknowledged);
}

TEST_F(PagerDutyAnswers, that_come_again_do_nothing_more) {
  tell(told("incident.acknowledged"));
  ASSERT_TRUE(desk_.order(12, {.action = alerts::IncidentAction::kUnacknowledge, .actor = "ben"}));
  EXPECT_EQ(tell(told("incident.acknowledged")).status, 200u);
  EXPECT_EQ(status(), alerts::IncidentStatus::kTriggered);
  EXPECT_EQ(counted(AnswerOutcome::kRepeated), 1u);
}

TEST_F(PagerDutyAnswers, are_no_echo_of_what_we_have_told_it) {
  ASSERT_TRUE(desk_.order(12, {.action = alerts::IncidentAction::kAcknowledge, .actor = "ben"}));
  tell(told("incident.acknowledged"));
  EXPECT_EQ(people(), std::vector<std::string>{"ben"}) << "it is as they say already";
  ASSERT_TRUE(desk_.order(12, {.action = alerts::IncidentAction::kUnacknowledge, .actor = "ben"}));
  json echo = told("incident.acknowledged", "E2");
  echo["event"]["agent"] = {{"type", "events_api_v2_inbound_integration_reference"}, {"summary", "Events API V2"}};
  tell(echo);
  EXPECT_EQ(status(), alerts::IncidentStatus::kTriggered) << "what we told it comes back late";
  EXPECT_EQ(counted(AnswerOutcome::kIgnored), 2u);
  EXPECT_EQ(desk_.orders(), 2u);
}

TEST_F(PagerDutyAnswers, about_an_earlier_occurrence_do_nothing) {
  alerts::Incident again = incident(12);
  again.occurrence = 2;
  again.opened_at.wall = clock_.now() + 1h;
  desk_.add(again);
  EXPECT_EQ(tell(told("incident.resolved")).status, 200u);
  EXPECT_EQ(status(), alerts::IncidentStatus::kTriggered);
  EXPECT_EQ(counted(AnswerOutcome::kTooLate), 1u);
}

TEST_F(PagerDutyAnswers, about_nothing_of_ours_are_fine) {
  json of_another_host = told("incident.resolved");
  of_another_host["event"]["data"]["incident_key"] = "web-2/99c8a588043b33dd/incident-12";
  json by_hand = told("incident.resolved");
  by_hand["event"]["data"]["incident_key"] = "d3640fbd41094207a1c11e58e46b1662";
  for (const json& event : {of_another_host, by_hand, told("incident.triggered"), told("pagey.ping")}) {
    EXPECT_EQ(tell(event).status, 200u) << event;
  }
  EXPECT_EQ(desk_.orders(), 0u);
  EXPECT_EQ(counted(AnswerOutcome::kIgnored), 4u);
}

TEST_F(PagerDutyAnswers, of_others_are_refused) {
  EXPECT_EQ(tell(told("incident.resolved"), "another").status, 401u);
  EXPECT_EQ(tell(json::array()).status, 400u);
  EXPECT_EQ(desk_.orders(), 0u);
}

TEST(InteractionPages, are_not_there_without_a_secret) {
  test::FakeClock clock;
  test::MemoryDesk desk(clock);
  AnswerTally tally;
  const LiveConfig without(config_with("", ""), clock.now());
  serve::Router router;
  add_interaction_pages(router, {.desk = desk, .clock = clock, .tally = tally, .config = without, .host = "web-1"});
  EXPECT_EQ(router({"POST", kSlack, {}}).status, 404u);
  EXPECT_EQ(router({"POST", kPagerDuty, {}}).status, 404u);
}

TEST(RecentKeysTest, remembers_for_a_while_and_so_many) {
  test::FakeClock clock;
  RecentKeys recent(clock, 1h, 2);
  EXPECT_TRUE(recent.take("a"));
  EXPECT_FALSE(recent.take("a"));
  recent.forget("a");
  EXPECT_TRUE(recent.take("a"));
  clock.advance(30min);
  EXPECT_TRUE(recent.take("b"));
  EXPECT_TRUE(recent.take("c"));
  EXPECT_TRUE(recent.take("a")) << "the oldest made room";
  clock.advance(61min);
  EXPECT_TRUE(recent.take("c"));
}

TEST(AnswerTallyTest, has_a_series_for_each_way_and_outcome_from_the_start) {
  AnswerTally tally;
  ASSERT_EQ(tally.families().latest()->size(), 1u);
  EXPECT_EQ(tally.families().latest()->front().series.size(), 18u);
  tally.add(AnswerWay::kSlack, AnswerOutcome::kDone);
  EXPECT_EQ(tally.count(AnswerWay::kSlack, AnswerOutcome::kDone), 1u);
  double sum = 0;
  for (const auto& series : tally.families().latest()->front().series) sum += series.value;
  EXPECT_EQ(sum, 1);
}

}  // namespace
}  // namespace sonde::app
