#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "notify/notification.h"
#include "notify/payload.h"
#include "support/sample_notification.h"

namespace sonde::notify {
namespace {

using nlohmann::json;

json webhook(const Notification& notification, std::size_t max_alerts = 0) {
  return json::parse(webhook_payload(notification, {.channel = "hub", .max_alerts = max_alerts}));
}

TEST(Webhook, is_the_body_that_alertmanager_sends_and_one_key_of_our_own) {
  Notification notification = firing();
  notification.group_labels = {{"service_name", "checkout"}};
  notification.group_key = "00c0ffee00c0ffee";
  json message = webhook(notification);
  const json labels = {
      {"alertname", "HighErrorRate"}, {"instance", "web-1"}, {"service_name", "checkout"}, {"severity", "critical"}};
  const json annotations = {{"summary", "34.1 % of requests to checkout fail"}};
  const json expected = {{"version", "4"},
                         {"groupKey", R"({00c0ffee00c0ffee}:{service_name="checkout"})"},
                         {"truncatedAlerts", 0},
                         {"status", "firing"},
                         {"receiver", "hub"},
                         {"groupLabels", {{"service_name", "checkout"}}},
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
  const json extras = {{"incident", 0},
                       {"occurrence", 1},
                       {"number", 1},
                       {"kind", "firing"},
                       {"severity", "critical"},
                       {"host", "web-1"},
                       {"dedup_key", "key"},
                       {"alerts", {{"ed9bf4b1cee94a88", {{"value", 0.341}}}}}};
  EXPECT_EQ(message.at("sonde"), extras) << message.dump(2);
  message.erase("sonde");
  EXPECT_EQ(message, expected) << message.dump(2);
}

TEST(Webhook, tells_all_alerts_of_an_incident_and_what_they_have_in_common) {
  Notification notification = group_of(3);
  notification.alerts[1].annotations.push_back({"sonde_clear", "1"});
  const json message = webhook(notification);
  EXPECT_EQ(message.at("status"), "firing");
  EXPECT_EQ(message.at("receiver"), "team");
  EXPECT_EQ(message.at("externalURL"), "https://sonde.example");
  EXPECT_EQ(message.at("commonLabels"), (json{{"instance", "web-1"}, {"service_name", "checkout"}}));
  EXPECT_EQ(message.at("commonAnnotations"), (json{{"summary", "34.1 % of requests to checkout fail"}}));
  ASSERT_EQ(message.at("alerts").size(), 3u);
  EXPECT_EQ(message.at("alerts").at(0).at("generatorURL"), "https://sonde.example/incidents/12");
  EXPECT_FALSE(message.at("alerts").at(1).at("annotations").contains("sonde_clear")) << "meant for Sonde alone";
  EXPECT_EQ(message.at("alerts").at(2).at("status"), "resolved");
  EXPECT_EQ(message.at("alerts").at(2).at("endsAt"), "2027-01-15T08:00:30.000Z");
  EXPECT_EQ(message.at("sonde").at("incident"), 12);
  EXPECT_EQ(message.at("sonde").at("acknowledge_url"), "https://sonde.example/incidents/12");
}

TEST(Webhook, G06_says_how_many_alerts_it_leaves_out) {
  const json message = webhook(group_of(1'000), 10);
  EXPECT_EQ(message.at("alerts").size(), 10u);
  EXPECT_EQ(message.at("truncatedAlerts"), 990);
  EXPECT_EQ(message.at("commonLabels"), (json{{"instance", "web-1"}, {"service_name", "checkout"}}))
      << "of all of them";
  EXPECT_EQ(webhook(group_of(1'000)).at("alerts").size(), 1'000u);
}

TEST(Webhook, says_resolved_of_everything_in_an_incident_that_is) {
  Notification notification = group_of(3);
  notification.kind = MessageKind::kResolved;
  notification.firing = false;
  const json message = webhook(notification);
  EXPECT_EQ(message.at("status"), "resolved");
  for (const json& alert : message.at("alerts")) EXPECT_EQ(alert.at("status"), "resolved");
  notification.alerts.clear();
  EXPECT_EQ(webhook(notification).at("alerts"), json::array());
}

TEST(Webhook, keeps_the_identity_of_an_alert_from_firing_to_resolved) {
  const json before = webhook(firing());
  const json after = webhook(resolved());
  EXPECT_EQ(after.at("status"), "resolved");
  EXPECT_EQ(after.at("alerts").at(0).at("status"), "resolved");
  EXPECT_EQ(after.at("alerts").at(0).at("endsAt"), "2027-01-15T08:12:05.250Z");
  EXPECT_EQ(after.at("groupKey"), before.at("groupKey"));
  for (const char* same : {"fingerprint", "startsAt", "labels"}) {
    EXPECT_EQ(after.at("alerts").at(0).at(same), before.at("alerts").at(0).at(same));
  }
  Notification warning = firing();
  warning.alerts = {sample_alert("HighErrorRate", "warning")};
  EXPECT_NE(webhook(warning).at("alerts").at(0).at("fingerprint"), before.at("alerts").at(0).at("fingerprint"));
}

TEST(Webhook, P17_is_json_whatever_the_names_hold) {
  Notification notification = firing();
  notification.alerts[0].labels[1].value = "a\"b\\c\n\xC3\x28\x01";
  notification.group_labels = {notification.alerts[0].labels[1]};
  const json message = webhook(notification);
  EXPECT_EQ(message.at("commonLabels").at("service_name"), "a\"b\\c\xEF\xBF\xBD\xEF\xBF\xBD(\xEF\xBF\xBD");
  EXPECT_NE(message.at("groupKey").get<std::string>().find("a\\\"b\\\\c"), std::string::npos);
}

TEST(Webhook, carries_what_happened_as_a_list_and_what_became_of_the_message) {
  Notification notification = firing();
  notification.evidence = {"18:42:14 nginx (pid 812) was killed by SIGSEGV", std::string(2'000, 'x') + "\xFF"};
  notification.reason = "resolved by hand, but still true";
  notification.actor = "anna";
  const json extras =
      json::parse(webhook_payload(notification, {.channel = "hub", .remarks = {.instead_of = "ops"}})).at("sonde");
  ASSERT_EQ(extras.at("evidence").size(), 2u);
  EXPECT_EQ(extras.at("evidence").at(0), "18:42:14 nginx (pid 812) was killed by SIGSEGV");
  EXPECT_LE(extras.at("evidence").at(1).get<std::string>().size(), 1'026u);
  EXPECT_EQ(extras.at("reason"), "resolved by hand, but still true");
  EXPECT_EQ(extras.at("actor"), "anna");
  EXPECT_EQ(extras.at("instead_of"), "ops");
}

TEST(Program, is_told_what_webhooks_get_and_which_attempt_it_is) {
  const json input = json::parse(
      program_payload(group_of(2), {.channel = "siren", .id = "1a", .attempt = 2, .remarks = {.may_be_repeat = true}}));
  EXPECT_EQ(input.at("headline"), "FIRING critical: HighErrorRate on checkout (may be a repeat)");
  EXPECT_EQ(input.at("id"), "1a");
  EXPECT_EQ(input.at("attempt"), 2);
  EXPECT_EQ(input.at("may_be_repeat"), true);
  EXPECT_EQ(input.at("alerts").size(), 2u);
  EXPECT_EQ(input.at("sonde").at("incident"), 12);
}

}  // namespace
}  // namespace sonde::notify
