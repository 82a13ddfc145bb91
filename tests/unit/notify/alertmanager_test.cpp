#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "notify/payload.h"
#include "support/fake_transports.h"
#include "support/sample_notification.h"

namespace sonde::notify {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

TEST(AlertmanagerPayload, L01_ends_ahead_while_it_fires_and_at_its_end_when_it_is_over) {
  const std::vector<Notification> both{with_evidence(), resolved()};
  const json alerts = json::parse(alertmanager_payloads(both, kSampleStart + 13min, 4min).at(0));
  ASSERT_EQ(alerts.size(), 2u);
  EXPECT_EQ(alerts[0].at("startsAt"), "2027-01-15T08:00:00.000Z");
  EXPECT_EQ(alerts[0].at("endsAt"), "2027-01-15T08:17:00.000Z");
  EXPECT_EQ(alerts[0].at("labels").at("alertname"), "HighErrorRate");
  EXPECT_EQ(alerts[0].at("labels").at("instance"), "web-1");
  EXPECT_EQ(alerts[0].at("labels").at("severity"), "critical");
  EXPECT_EQ(alerts[0].at("annotations").at("evidence"),
            "07:59:58 checkout (pid 812) was killed by SIGSEGV; 07:59:54 checkout started (pid 812)");
  EXPECT_EQ(alerts[0].at("generatorURL"), "https://sonde.example/incidents/12");
  EXPECT_EQ(alerts[1].at("endsAt"), "2027-01-15T08:12:05.250Z");
  EXPECT_FALSE(alerts[1].contains("generatorURL"));
}

TEST(AlertmanagerPayload, ends_nothing_in_the_future_which_alertmanager_would_let_go_on) {
  const std::vector<Notification> one{resolved()};
  const auto end = [&](WallTime now) {
    return json::parse(alertmanager_payloads(one, now, 4min).at(0))[0].at("endsAt").get<std::string>();
  };
  EXPECT_EQ(end(resolved().at - 11ms), "2027-01-15T08:12:05.239Z");
  EXPECT_EQ(end(resolved().at + 1h), "2027-01-15T08:12:05.250Z");
  EXPECT_EQ(end(kSampleStart - 1h), "2027-01-15T08:00:00.000Z") << "not before its start, which is refused";
}

TEST(AlertmanagerPayload, L04_has_the_same_labels_each_time) {
  const std::vector<Notification> one{firing()};
  const json before = json::parse(alertmanager_payloads(one, kSampleStart, 4min).at(0));
  const json after = json::parse(alertmanager_payloads(one, kSampleStart + 1h, 4min).at(0));
  EXPECT_EQ(before[0].at("labels"), after[0].at("labels"));
  EXPECT_EQ(before[0].at("startsAt"), after[0].at("startsAt"));
}

TEST(AlertmanagerPayload, tells_every_alert_of_an_incident_and_no_body_has_more_than_a_thousand) {
  std::vector<Notification> one{group_of(2'500)};
  one[0].alerts.back().ended_at = kSampleStart + 30s;
  const auto bodies = alertmanager_payloads(one, kSampleStart + 1h, 4min);
  ASSERT_EQ(bodies.size(), 3u);
  EXPECT_EQ(json::parse(bodies[0]).size(), 1'000u);
  const json last = json::parse(bodies[2]);
  ASSERT_EQ(last.size(), 500u);
  EXPECT_EQ(last[0].at("endsAt"), "2027-01-15T09:04:00.000Z");
  EXPECT_EQ(last[499].at("endsAt"), "2027-01-15T08:00:30.000Z") << "over, though the incident is not";
  EXPECT_TRUE(alertmanager_payloads({}, kSampleStart, 4min).empty());
}

TEST(AlertmanagerPayload, leaves_the_labels_alone_of_what_another_program_has_sent) {
  std::vector<Notification> one{firing()};
  one[0].alerts[0].generator_url = "http://prometheus:9090/graph";
  const json alert = json::parse(alertmanager_payloads(one, kSampleStart, 4min).at(0)).at(0);
  EXPECT_FALSE(alert.at("labels").contains("instance"));
  EXPECT_EQ(alert.at("generatorURL"), "http://prometheus:9090/graph");
}

class AlertmanagerSenderTest : public testing::Test {
 protected:
  Attempt send(const Notification& notification, std::vector<std::string> remaining = {}) {
    Outgoing outgoing = first_attempt(notification);
    outgoing.remaining = std::move(remaining);
    return sender->send(outgoing);
  }
  std::size_t told(const std::string& url) const {
    std::size_t count = 0;
    for (const HttpPost& post : fake.http.sent) count += post.url == url ? 1 : 0;
    return count;
  }

  FakeTransports fake;
  const std::string one = "http://am-1:9093";
  const std::string two = "http://am-2:9093/prefix/";
  const Channel channel{"fleet", Alertmanager{.urls = {one, two}, .user = "sonde", .password = "secret"}};
  const std::unique_ptr<Sender> sender = make_sender(channel, fake.all(), 1s);
};

TEST_F(AlertmanagerSenderTest, tells_every_member) {
  EXPECT_EQ(send(firing()).outcome, Outcome::kDelivered);
  EXPECT_EQ(told("http://am-1:9093/api/v2/alerts"), 1u);
  EXPECT_EQ(told("http://am-2:9093/prefix/api/v2/alerts"), 1u);
  EXPECT_EQ(fake.http.sent[0].http.user, "sonde");
  EXPECT_EQ(fake.http.sent[0].http.password, "secret");
}

TEST_F(AlertmanagerSenderTest, L02_goes_on_with_the_member_that_is_down_alone) {
  fake.http.script["http://am-1:9093/api/v2/alerts"] = {HttpFailure{Error{Code::kIo, "refused"}}};
  const Attempt attempt = send(firing());
  EXPECT_EQ(attempt.outcome, Outcome::kRetry);
  EXPECT_EQ(attempt.remaining, std::vector<std::string>{one});
  EXPECT_EQ(attempt.error, "http://am-1:9093: refused");
  EXPECT_EQ(send(firing(), attempt.remaining).outcome, Outcome::kDelivered);
  EXPECT_EQ(told("http://am-2:9093/prefix/api/v2/alerts"), 1u) << "not told again";
}

TEST_F(AlertmanagerSenderTest, says_what_a_member_refuses_and_counts_it_delivered_where_another_takes_it) {
  fake.http.script["http://am-1:9093/api/v2/alerts"] = {HttpReply{400, R"("bad label")", std::nullopt}};
  const Attempt attempt = send(firing());
  EXPECT_EQ(attempt.outcome, Outcome::kDelivered);
  EXPECT_EQ(attempt.error, "http://am-1:9093: HTTP 400 (bad label)");
}

TEST_F(AlertmanagerSenderTest, sends_nothing_of_what_people_do) {
  for (const MessageKind kind : {MessageKind::kAcknowledged, MessageKind::kNoticed}) {
    Notification notification = firing();
    notification.kind = kind;
    const Attempt attempt = send(notification);
    EXPECT_EQ(attempt.outcome, Outcome::kDelivered);
    EXPECT_TRUE(attempt.receipt.reply.starts_with("not sent: ")) << attempt.receipt.reply;
  }
  EXPECT_TRUE(fake.http.sent.empty());
}

TEST_F(AlertmanagerSenderTest, goes_on_with_a_member_where_it_did_not_take_all_of_a_large_incident) {
  fake.http.script["http://am-1:9093/api/v2/alerts"] = {HttpReply{200, "", std::nullopt},
                                                        HttpReply{503, "", std::nullopt}};
  const Attempt attempt = send(group_of(1'500));
  EXPECT_EQ(attempt.outcome, Outcome::kRetry);
  EXPECT_EQ(attempt.remaining, std::vector<std::string>{one});
  EXPECT_EQ(told("http://am-2:9093/prefix/api/v2/alerts"), 2u);
}

TEST_F(AlertmanagerSenderTest, reminds_every_member_of_all_at_once) {
  const std::vector<Notification> both{firing(), resolved()};
  EXPECT_TRUE(sender->needs_reminders());
  EXPECT_EQ(sender->remind(both, kSampleStart).outcome, Outcome::kDelivered);
  ASSERT_EQ(fake.http.sent.size(), 2u);
  for (const HttpPost& post : fake.http.sent) EXPECT_EQ(json::parse(post.body).size(), 2u);
}

}  // namespace
}  // namespace sonde::notify
