#include "notify/acknowledge_link.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "notify/payload.h"
#include "notify/senders.h"
#include "support/fake_transports.h"
#include "support/sample_notification.h"

namespace sonde::notify {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

std::string made_up_link(std::int64_t incident, std::uint32_t occurrence, const std::string& actor) {
  return "https://sonde.example/ack/" + std::to_string(incident) + "." + std::to_string(occurrence) + "." + actor;
}

Notification unanswered() {
  Notification notification = with_evidence();
  notification.occurrence = 2;
  notification.unanswered = true;
  return notification;
}

TEST(MessageLink, is_the_recipients_own) {
  EXPECT_EQ(with_acknowledge_link(unanswered(), link_actor("ops"), made_up_link).acknowledge_url,
            "https://sonde.example/ack/12.2.link by ops");
  EXPECT_EQ(with_acknowledge_link(unanswered(), "ann", made_up_link).acknowledge_url,
            "https://sonde.example/ack/12.2.ann");
}

TEST(MessageLink, is_in_nothing_that_cannot_be_acknowledged) {
  const auto url_of = [](const Notification& notification) {
    return with_acknowledge_link(notification, "ann", made_up_link).acknowledge_url;
  };
  Notification taken = unanswered();
  taken.unanswered = false;
  EXPECT_EQ(url_of(taken), "");
  Notification notice = unanswered();
  notice.notice = true;
  EXPECT_EQ(url_of(notice), "");
  Notification test = unanswered();
  test.test = true;
  EXPECT_EQ(url_of(test), "");
  Notification of_no_incident = unanswered();
  of_no_incident.incident = 0;
  EXPECT_EQ(url_of(of_no_incident), "");
}

TEST(MessageLink, leaves_a_message_as_it_is_where_nobody_makes_links) {
  EXPECT_EQ(with_acknowledge_link(unanswered(), "ann", {}).acknowledge_url, unanswered().acknowledge_url);
}

Notification notice() {
  Notification notification;
  notification.notice = true;
  notification.rule = "you are on call";
  notification.service = "payments";
  notification.severity = rules::Severity::kInfo;
  notification.started_at = notification.at = kSampleStart;
  return notification;
}

TEST(NoticeMessage, says_that_it_is_one) {
  EXPECT_EQ(headline(notice()), "NOTICE info: you are on call on payments");
  EXPECT_EQ(subject(notice()), "[NOTICE] info: you are on call on payments");
  EXPECT_EQ(json::parse(webhook_payload(notice(), {"hub"})).at("sonde").at("notice"), true);
  EXPECT_FALSE(json::parse(webhook_payload(firing(), {"hub"})).at("sonde").contains("notice"));
}

TEST(NoticeMessage, is_nothing_for_pagerduty_and_no_fault) {
  FakeTransports fake;
  const Channel channel{"pager", PagerDuty{.routing_key = "k", .url = "https://pd.test/enqueue"}};
  const Notification told = notice();
  const Attempt attempt = make_sender(channel, fake.all(), 1s)->send(first_attempt(told));
  EXPECT_EQ(attempt.outcome, Outcome::kDelivered);
  EXPECT_EQ(attempt.receipt.reply, "not sent: PagerDuty knows no notice");
  EXPECT_TRUE(fake.http.sent.empty());
}

}  // namespace
}  // namespace sonde::notify
