#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "notify/payload.h"
#include "support/sample_notification.h"

namespace sonde::notify {
namespace {

using nlohmann::json;

TEST(Webhook, is_the_body_that_alertmanager_sends) {
  const json message = json::parse(webhook_payload(firing(), "hub"));
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
  const json before = json::parse(webhook_payload(firing(), "hub"));
  const json after = json::parse(webhook_payload(resolved(), "hub"));
  EXPECT_EQ(after.at("status"), "resolved");
  EXPECT_EQ(after.at("alerts").at(0).at("status"), "resolved");
  EXPECT_EQ(after.at("alerts").at(0).at("endsAt"), "2027-01-15T08:12:05.250Z");
  EXPECT_EQ(after.at("groupKey"), before.at("groupKey"));
  for (const char* same : {"fingerprint", "startsAt", "labels"}) {
    EXPECT_EQ(after.at("alerts").at(0).at(same), before.at("alerts").at(0).at(same));
  }
  Notification warning = firing();
  warning.severity = rules::Severity::kWarning;
  const json other = json::parse(webhook_payload(warning, "hub"));
  EXPECT_NE(other.at("alerts").at(0).at("fingerprint"), before.at("alerts").at(0).at("fingerprint"));
}

TEST(Webhook, is_json_whatever_the_names_hold) {
  Notification notification = firing();
  notification.labels.back().value = "a\"b\\c\n\xC3\x28\x01";
  const json message = json::parse(webhook_payload(notification, "hub"));
  EXPECT_EQ(message.at("commonLabels").at("service_name"), "a\"b\\c\xEF\xBF\xBD\xEF\xBF\xBD(\xEF\xBF\xBD");
  EXPECT_NE(message.at("groupKey").get<std::string>().find("a\\\"b\\\\c"), std::string::npos);
}

TEST(Webhook, carries_what_happened_as_a_list) {
  Notification notification = firing();
  notification.evidence = {"18:42:14 nginx (pid 812) was killed by SIGSEGV", std::string(2'000, 'x') + "\xFF"};
  const json alert = json::parse(webhook_payload(notification, "hub")).at("alerts").at(0);
  ASSERT_EQ(alert.at("evidence").size(), 2u);
  EXPECT_EQ(alert.at("evidence").at(0), "18:42:14 nginx (pid 812) was killed by SIGSEGV");
  EXPECT_LE(alert.at("evidence").at(1).get<std::string>().size(), 1'026u);
}

}  // namespace
}  // namespace sonde::notify
