#include "notify/render.h"

#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "notify/notification.h"
#include "notify/wording.h"

namespace sonde::notify {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr WallTime kStart{1'800'000'000s};  // 2027-01-15T08:00:00Z

Notification firing() {
  Notification notification;
  notification.rule = "HighErrorRate";
  notification.labels = {{"alertname", "HighErrorRate"}, {"service_name", "checkout"}};
  notification.severity = rules::Severity::kCritical;
  notification.service = "checkout";
  notification.host = "web-1";
  notification.summary = "34.1 % of requests to checkout fail";
  notification.value = 0.341;
  notification.started_at = kStart;
  notification.at = kStart + 60s;
  notification.dedup_key = "key";
  return notification;
}

Notification resolved() {
  Notification notification = firing();
  notification.firing = false;
  notification.value = 0;
  notification.at = kStart + 12min + 5s + 250ms;
  return notification;
}

const Channel kSlack{ChannelKind::kSlack, "ops", "https://hooks.slack.example/services/T0/B0/secret"};
const Channel kWebhook{ChannelKind::kWebhook, "hub", "https://hub.example/alerts"};

std::string field_of(const json& attachment, const std::string& name) {
  for (const json& field : attachment.at("blocks").at(1).at("fields")) {
    const std::string text = field.at("text");
    if (text.starts_with("*" + name + "*\n")) return text.substr(name.size() + 3);
  }
  return "(none)";
}

TEST(Slack, shows_what_fires_at_a_glance_and_the_details_below) {
  const HttpPost post = render(kSlack, firing());
  EXPECT_EQ(post.url, kSlack.url);
  EXPECT_EQ(post.content_type, "application/json");
  const json message = json::parse(post.body);
  EXPECT_EQ(message.at("text"), "FIRING critical: HighErrorRate on checkout");
  const json& attachment = message.at("attachments").at(0);
  EXPECT_EQ(attachment.at("color"), "#e01e5a");
  EXPECT_EQ(attachment.at("blocks").at(0).at("text").at("text"), "34.1 % of requests to checkout fail");
  EXPECT_EQ(field_of(attachment, "Service"), "checkout");
  EXPECT_EQ(field_of(attachment, "Host"), "web-1");
  EXPECT_EQ(field_of(attachment, "Since"),
            "<!date^1800000000^{date_short_pretty} {time_secs}|2027-01-15T08:00:00.000Z>");
  EXPECT_EQ(field_of(attachment, "Lasted"), "(none)");
}

TEST(Slack, shows_what_resolved_in_green_and_how_long_it_lasted) {
  const json message = json::parse(render(kSlack, resolved()).body);
  EXPECT_EQ(message.at("text"), "RESOLVED critical: HighErrorRate on checkout");
  EXPECT_EQ(message.at("attachments").at(0).at("color"), "#2eb67d");
  EXPECT_EQ(field_of(message.at("attachments").at(0), "Lasted"), "12m5s");
}

TEST(Slack, colours_a_warning) {
  Notification notification = firing();
  notification.severity = rules::Severity::kWarning;
  notification.rule = "HighResponseTime";
  const json message = json::parse(render(kSlack, notification).body);
  EXPECT_EQ(message.at("text"), "FIRING warning: HighResponseTime on checkout");
  EXPECT_EQ(message.at("attachments").at(0).at("color"), "#ecb22e");
}

TEST(Slack, lets_no_inserted_text_become_a_mention_or_a_link) {
  Notification notification = firing();
  notification.service = "<!channel>";
  notification.host = "<http://evil|a&b>";
  notification.summary = "1 < 2 & \"3\" > \n\x01\xFF";
  const std::string body = render(kSlack, notification).body;
  EXPECT_EQ(body.find("<!channel>"), std::string::npos);
  EXPECT_EQ(body.find("<http"), std::string::npos);
  const json message = json::parse(body);
  EXPECT_EQ(message.at("text"), "FIRING critical: HighErrorRate on &lt;!channel&gt;");
  EXPECT_EQ(field_of(message.at("attachments").at(0), "Host"), "&lt;http://evil|a&amp;b&gt;");
}

TEST(Slack, stays_within_the_limits_of_block_kit) {
  Notification notification = firing();
  notification.rule = notification.service = notification.host = notification.summary = std::string(100'000, '&');
  const json message = json::parse(render(kSlack, notification).body);
  EXPECT_LE(message.at("text").get<std::string>().size(), 3000u);
  const json& blocks = message.at("attachments").at(0).at("blocks");
  EXPECT_LE(blocks.at(0).at("text").at("text").get<std::string>().size(), 3000u);
  EXPECT_LE(blocks.at(1).at("fields").size(), 10u);
  for (const json& field : blocks.at(1).at("fields")) EXPECT_LE(field.at("text").get<std::string>().size(), 2000u);
}

TEST(Slack, shows_what_happened_below_the_details) {
  EXPECT_EQ(json::parse(render(kSlack, firing()).body).at("attachments").at(0).at("blocks").size(), 2u);
  Notification notification = firing();
  notification.evidence = {"18:42:14 nginx (pid 812) was killed by SIGSEGV", "18:42:01 <!channel> & co"};
  const json blocks = json::parse(render(kSlack, notification).body).at("attachments").at(0).at("blocks");
  ASSERT_EQ(blocks.size(), 3u);
  EXPECT_EQ(blocks.at(2).at("type"), "section");
  EXPECT_EQ(blocks.at(2).at("text").at("type"), "mrkdwn");
  EXPECT_EQ(blocks.at(2).at("text").at("text"),
            "*What happened* (UTC)\n18:42:14 nginx (pid 812) was killed by SIGSEGV\n"
            "18:42:01 &lt;!channel&gt; &amp; co");
}

TEST(Slack, leaves_the_oldest_events_out_where_it_has_no_room) {
  Notification notification = firing();
  notification.evidence.assign(5, std::string(1'000, '&'));
  notification.evidence.front() = "newest";
  const json blocks = json::parse(render(kSlack, notification).body).at("attachments").at(0).at("blocks");
  const std::string text = blocks.at(2).at("text").at("text");
  EXPECT_LE(text.size(), 3000u);
  EXPECT_GE(text.size(), 1500u);
  EXPECT_NE(text.find("\nnewest\n"), std::string::npos);
}

TEST(Webhook, is_the_body_that_alertmanager_sends) {
  const json message = json::parse(render(kWebhook, firing()).body);
  const json labels = {
      {"alertname", "HighErrorRate"}, {"instance", "web-1"}, {"service_name", "checkout"}, {"severity", "critical"}};
  const json annotations = {{"summary", "34.1 % of requests to checkout fail"}};
  const json expected = {
      {"version", "4"},
      {"groupKey", R"({}:{alertname="HighErrorRate", instance="web-1", service_name="checkout", severity="critical"})"},
      {"truncatedAlerts", 0},
      {"status", "firing"},
      {"receiver", "hub"},
      {"groupLabels", labels},
      {"commonLabels", labels},
      {"commonAnnotations", annotations},
      {"externalURL", ""},
      {"alerts", json::array({{{"status", "firing"},
                               {"labels", labels},
                               {"annotations", annotations},
                               {"startsAt", "2027-01-15T08:00:00.000Z"},
                               {"endsAt", "0001-01-01T00:00:00Z"},
                               {"generatorURL", ""},
                               {"fingerprint", "ed9bf4b1cee94a88"}}})}};
  EXPECT_EQ(message, expected) << message.dump(2);
}

TEST(Webhook, keeps_the_identity_of_an_alert_from_firing_to_resolved) {
  const json before = json::parse(render(kWebhook, firing()).body);
  const json after = json::parse(render(kWebhook, resolved()).body);
  EXPECT_EQ(after.at("status"), "resolved");
  EXPECT_EQ(after.at("alerts").at(0).at("status"), "resolved");
  EXPECT_EQ(after.at("alerts").at(0).at("endsAt"), "2027-01-15T08:12:05.250Z");
  EXPECT_EQ(after.at("groupKey"), before.at("groupKey"));
  for (const char* same : {"fingerprint", "startsAt", "labels"}) {
    EXPECT_EQ(after.at("alerts").at(0).at(same), before.at("alerts").at(0).at(same));
  }
  Notification warning = firing();
  warning.severity = rules::Severity::kWarning;
  const json other = json::parse(render(kWebhook, warning).body);
  EXPECT_NE(other.at("alerts").at(0).at("fingerprint"), before.at("alerts").at(0).at("fingerprint"));
}

TEST(Webhook, is_json_whatever_the_names_hold) {
  Notification notification = firing();
  notification.labels.back().value = "a\"b\\c\n\xC3\x28\x01";
  const json message = json::parse(render(kWebhook, notification).body);
  EXPECT_EQ(message.at("commonLabels").at("service_name"), "a\"b\\c\xEF\xBF\xBD\xEF\xBF\xBD(\xEF\xBF\xBD");
  EXPECT_NE(message.at("groupKey").get<std::string>().find("a\\\"b\\\\c"), std::string::npos);
}

TEST(Webhook, carries_what_happened_as_a_list) {
  Notification notification = firing();
  notification.evidence = {"18:42:14 nginx (pid 812) was killed by SIGSEGV", std::string(2'000, 'x') + "\xFF"};
  const json alert = json::parse(render(kWebhook, notification).body).at("alerts").at(0);
  ASSERT_EQ(alert.at("evidence").size(), 2u);
  EXPECT_EQ(alert.at("evidence").at(0), "18:42:14 nginx (pid 812) was killed by SIGSEGV");
  EXPECT_LE(alert.at("evidence").at(1).get<std::string>().size(), 1'026u);
}

host::Event event(std::chrono::seconds after_start, const std::string& what) {
  return host::Event{.id = 0,
                     .at = kStart + after_start,
                     .kind = host::EventKind::kProcessKilled,
                     .service = "checkout",
                     .pid = 812,
                     .what = what};
}

TEST(MakeNotification, takes_the_newest_five_events_as_evidence_newest_first) {
  std::vector<host::Event> events;
  for (int i = 1; i <= 7; ++i) events.push_back(event(i * 61s, "event " + std::to_string(i)));
  EXPECT_EQ(make_notification(alerts::Notice{}, "web-1", events).evidence,
            (std::vector<std::string>{"08:07:07 event 7", "08:06:06 event 6", "08:05:05 event 5", "08:04:04 event 4",
                                      "08:03:03 event 3"}));
  EXPECT_EQ(make_notification(alerts::Notice{}, "web-1", std::span(events).first(1)).evidence,
            std::vector<std::string>{"08:01:01 event 1"});
  EXPECT_TRUE(make_notification(alerts::Notice{}, "web-1").evidence.empty());
}

TEST(MakeNotification, carries_a_notice_and_names_its_occurrence) {
  alerts::Notice notice;
  notice.problem.labels = {{"alertname", "HighResponseTime"}, {"service_name", "checkout"}};
  notice.problem.severity = rules::Severity::kCritical;
  notice.problem.told_severity = rules::Severity::kCritical;
  notice.problem.annotations = {{"summary", "p95 is 2 s"}, {"description", "slow"}, {"runbook_url", "r.md"}};
  notice.problem.value = 2;
  notice.problem.started_at.wall = kStart;
  notice.at.wall = kStart + 1min;
  const Notification first = make_notification(notice, "web-1");
  EXPECT_TRUE(first.firing);
  EXPECT_EQ(first.rule, "HighResponseTime");
  EXPECT_EQ(first.service, "checkout");
  EXPECT_EQ(first.severity, rules::Severity::kCritical);
  EXPECT_EQ(first.summary, "p95 is 2 s");
  EXPECT_EQ(first.description, "slow");
  EXPECT_EQ(first.runbook_url, "r.md");
  EXPECT_EQ(first.host, "web-1");
  EXPECT_EQ(first.started_at, kStart);
  EXPECT_EQ(first.at, kStart + 1min);

  notice.kind = alerts::NoticeKind::kResolved;
  notice.reason = "missing_series";
  notice.problem.severity = rules::Severity::kInfo;
  const Notification second = make_notification(notice, "web-1");
  EXPECT_FALSE(second.firing);
  EXPECT_EQ(second.reason, "what it was about is gone");
  EXPECT_EQ(second.severity, rules::Severity::kCritical) << "that of the message it answers";
  EXPECT_EQ(second.dedup_key, first.dedup_key);

  EXPECT_NE(make_notification(notice, "web-2").dedup_key, second.dedup_key);
  notice.problem.started_at.wall += 1s;
  EXPECT_NE(make_notification(notice, "web-1").dedup_key, first.dedup_key);
}

TEST(Slack, shows_the_evidence_the_runbook_and_why_it_is_told_now) {
  Notification notification = firing();
  notification.labels.push_back({"http_route", "/pay"});
  notification.description = "Worst: <b>/pay</b>";
  notification.runbook_url = "docs/runbooks/HighErrorRate.md";
  notification.reason = "severity raised";
  const json attachment = json::parse(render(kSlack, notification).body).at("attachments").at(0);
  EXPECT_EQ(field_of(attachment, "Labels"), "http_route=/pay");
  EXPECT_EQ(field_of(attachment, "Runbook"), "docs/runbooks/HighErrorRate.md");
  EXPECT_EQ(field_of(attachment, "Why now"), "severity raised");
  EXPECT_EQ(attachment.at("blocks").at(2).at("text").at("text"), "Worst: &lt;b&gt;/pay&lt;/b&gt;");
}

TEST(Wording, cuts_between_code_points) {
  EXPECT_EQ(shorten("abc", 3), "abc");
  EXPECT_EQ(shorten("abcd", 3), "ab\xE2\x80\xA6");
  EXPECT_EQ(shorten("\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9", 2), "\xC3\xA9\xE2\x80\xA6");
  EXPECT_EQ(shorten("", 3), "");
}

TEST(Wording, writes_moments_before_and_after_the_epoch) {
  EXPECT_EQ(rfc3339(WallTime{0s}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(rfc3339(WallTime{-1ms}), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(rfc3339(kStart + 250ms), "2027-01-15T08:00:00.250Z");
}

}  // namespace
}  // namespace sonde::notify
