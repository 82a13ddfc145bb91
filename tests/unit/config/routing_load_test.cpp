#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <variant>

#include "app/alert_language.h"
#include "config/alertmanager_file.h"
#include "config/load.h"
#include "support/fake_secrets.h"

namespace sonde::config {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

FakeSecrets secrets() {
  FakeSecrets given;
  given.files = {{"/slack", "https://hooks.example/T/B/hush\n"},
                 {"/token", "hush-token\n"},
                 {"/two", "hush\nhush\n"},
                 {"/word", "hush"},
                 {"conf/key", "hush-key\n"},
                 {"conf/ca.pem", "certificates"}};
  return given;
}

Config loaded(const std::string& notify) {
  const auto config = load("notify:\n" + notify, "conf/f", {secrets(), app::alert_language()});
  EXPECT_TRUE(config) << render_faults(config.error());
  return config ? *config : Config{};
}

std::string faults_of(const std::string& notify) {
  const auto config = load("notify:\n" + notify, "conf/f", {secrets(), app::alert_language()});
  return config ? "" : render_faults(config.error());
}

const std::string kChannels = "  webhook: [{name: hub, url: 'http://hub'}, {name: siren, url: 'http://siren'}]\n";

/// A receiver `a`, which the root route names.
std::string receiver(const std::string& channels) {
  return "  route: {receiver: a}\n  receivers:\n  - name: a\n    " + channels + "\n";
}

TEST(RoutingLoad, without_a_route_every_channel_is_told) {
  const Config config = loaded(kChannels);
  EXPECT_EQ(config.routing, alerts::RoutingPlan{});
  EXPECT_THAT(config.notify.receivers, IsEmpty());
  EXPECT_THAT(config.notices, IsEmpty());
}

TEST(RoutingLoad, a_receiver_names_channels_and_has_its_own) {
  const Config config =
      loaded(kChannels + receiver("channels: [siren, hub]\n    webhook_configs: [{url: 'http://own'}]"));
  ASSERT_THAT(config.notify.receivers, SizeIs(1));
  EXPECT_EQ(config.notify.receivers[0], (notify::Receiver{"a", {"siren", "hub", "a/webhook"}}));
  ASSERT_THAT(config.notify.channels, SizeIs(3));
  EXPECT_EQ(config.notify.channels[2].name, "a/webhook");
  EXPECT_EQ(std::get<notify::Webhook>(config.notify.channels[2].to).url, "http://own");
  EXPECT_EQ(config.routing.root.receiver, "a");
  EXPECT_THAT(config.notices, IsEmpty());
}

TEST(RoutingLoad, times_that_are_not_given_are_left_to_the_severity) {
  const Config config = loaded(receiver("channels: []\n") + "  maintenance: [{name: m, schedule: [{}]}]\n");
  EXPECT_EQ(config.routing.root.group_wait, std::nullopt);
  EXPECT_EQ(config.routing.root.group_interval, std::nullopt);
  EXPECT_EQ(config.routing.root.repeat_interval, std::nullopt);
  EXPECT_THAT(config.routing.maintenance, SizeIs(1));
}

TEST(RoutingLoad, every_part_of_an_alertmanager_yml_stands_for_the_same) {
  const Config config = loaded(R"(  receivers:
    - name: a
      slack_configs: [{channel: '#ops'}]
  global: {slack_api_url_file: /slack}
  route:
    receiver: a
    group_by: [alertname]
    routes: [{matchers: [severity="page"], mute_time_intervals: [nights], group_wait: 5s}]
  time_intervals: [{name: nights, time_intervals: [{weekdays: [sunday]}]}]
  inhibit_rules: [{source_matchers: [a=b], target_matchers: [c=d], equal: [e]}]
)");
  EXPECT_EQ(config.routing.root.routes.at(0).group_wait, 5s);
  EXPECT_THAT(config.routing.root.group_by, ElementsAre("alertname"));
  EXPECT_EQ(config.routing.inhibit_rules.at(0).equal.at(0), "e");
  EXPECT_EQ(config.routing.time_intervals.at(0).name, "nights");
  EXPECT_EQ(std::get<notify::SlackWebhook>(config.notify.channels.at(0).to).url, "https://hooks.example/T/B/hush");
}

TEST(RoutingLoad, channels_of_one_kind_are_numbered_from_the_second_on) {
  const Config config =
      loaded(receiver("webhook_configs: [{url: 'http://1'}, {url: 'http://2'}, {url: 'http://3'}]\n    slack_configs: "
                      "[{api_url_file: /slack}]"));
  EXPECT_THAT(config.notify.receivers.at(0).channels,
              ElementsAre("a/webhook", "a/webhook/2", "a/webhook/3", "a/slack"));
}

TEST(RoutingLoad, a_channel_that_no_receiver_names_is_a_notice_unless_it_is_the_fallback) {
  const std::string routed = kChannels + receiver("channels: hub");
  EXPECT_THAT(render_faults(loaded(routed).notices),
              HasSubstr("conf/f:2:52: notify.webhook[1].name: no receiver names the channel 'siren'"));
  EXPECT_THAT(loaded(routed + "  fallback: siren\n").notices, IsEmpty());
}

TEST(RoutingLoad, what_goes_with_messages_and_incidents) {
  const Config config = loaded(kChannels +
                               "  fallback: hub\n  external_url: https://sonde.example/x/\n  max_per_hour: 7\n"
                               "incidents: {acknowledge_timeout: 2h, acknowledge_timeout_critical: 10m, "
                               "reopen_window: 0s, manual_resolve_grace: 1m}\n");
  EXPECT_EQ(config.notify.fallback, "hub");
  EXPECT_EQ(config.notify.external_url, "https://sonde.example/x");
  EXPECT_EQ(config.notify.max_per_hour, 7U);
  EXPECT_EQ(config.incidents.acknowledge_timeout, 2h);
  EXPECT_EQ(config.incidents.acknowledge_timeout_critical, 10min);
  EXPECT_EQ(config.incidents.reopen_window, 0s);
  EXPECT_EQ(config.incidents.manual_resolve_grace, 1min);
}

TEST(RoutingLoad, the_fallback_may_be_a_receivers_own_channel) {
  EXPECT_EQ(loaded(receiver("webhook_configs: [{url: 'http://own'}]") + "  fallback: a/webhook\n").notify.fallback,
            "a/webhook");
}

struct FaultRow {
  const char* name;
  std::string notify;
  std::string says;
};

class RoutingFault : public testing::TestWithParam<FaultRow> {};

TEST_P(RoutingFault, is_told_with_its_place_and_how_to_mend_it) {
  const std::string faults = faults_of(GetParam().notify);
  EXPECT_THAT(faults, HasSubstr(GetParam().says));
  EXPECT_THAT(faults, Not(HasSubstr("hush")));
  EXPECT_EQ(std::count(faults.begin(), faults.end(), '\n'), 1) << faults;
}

INSTANTIATE_TEST_SUITE_P(
    Rows, RoutingFault,
    testing::Values(
        FaultRow{"no_such_receiver", "  route: {receiver: teem}\n  receivers: [{name: team}]\n",
                 "conf/f:2:21: notify.route.receiver: there is no receiver 'teem', did you mean 'team'?"},
        FaultRow{"no_such_channel", kChannels + receiver("channels: [hubb]"),
                 "notify.receivers[0].channels: there is no channel 'hubb', did you mean 'hub'?"},
        FaultRow{"channel_twice", kChannels + receiver("channels: [hub, hub]"), "names the channel 'hub' twice"},
        FaultRow{"no_such_interval",
                 "  route: {receiver: a, routes: [{mute_time_intervals: [x]}]}\n  receivers: [{name: a}]\n",
                 "notify.route.routes[0].mute_time_intervals: there is no time interval 'x'"},
        FaultRow{"receivers_without_a_route", "  receivers: [{name: a}]\n",
                 "conf/f:2:14: notify.receivers: no route leads to them"},
        FaultRow{"receiver_twice", "  route: {receiver: a}\n  receivers: [{name: a}, {name: a}]\n",
                 "notify: two receivers are called 'a'"},
        FaultRow{"route_without_a_receiver", "  route: {}\n", "notify.route: the root route needs a receiver"},
        FaultRow{"unknown_key_of_a_route", "  route: {reciever: a, receiver: a}\n  receivers: [{name: a}]\n",
                 "notify.route.reciever: unknown key 'reciever', did you mean 'receiver'?"},
        FaultRow{"matcher", "  route: {receiver: a, routes: [{matchers: ['b']}]}\n  receivers: [{name: a}]\n",
                 "notify.route.routes[0].matchers[0]: column 2"},
        FaultRow{"both_places", "  alertmanager_file: am.yml\n" + receiver("channels: []"),
                 "conf/f:2:22: notify.alertmanager_file: stands beside route, receivers: keep the file"},
        FaultRow{"no_such_fallback", kChannels + "  fallback: hubs\n",
                 "conf/f:3:13: notify.fallback: there is no channel 'hubs', did you mean 'hub'?"},
        FaultRow{"address_of_no_web", "  external_url: ftp://x\n", "notify.external_url: must be a URL"},
        FaultRow{"no_message_at_all", "  max_per_hour: 0\n", "notify.max_per_hour: '0' does not fit"},
        FaultRow{"no_time_to_acknowledge", "incidents: {acknowledge_timeout: 0s}\n",
                 "incidents.acknowledge_timeout: '0s' is out of range"},
        FaultRow{"secret_that_is_not_there", receiver("pagerduty_configs: [{routing_key_file: hush}]"),
                 "routing_key_file: the secret is missing: the file, looked for beside this one, cannot be read"},
        FaultRow{"secret_that_is_not_there_by_its_path", receiver("pagerduty_configs: [{routing_key_file: /none}]"),
                 "notify.receivers[0].pagerduty_configs[0].routing_key_file: the secret is missing: open '/none'"},
        FaultRow{"secret_of_two_lines", receiver("pagerduty_configs: [{routing_key_file: /two}]"),
                 "must be one line without control characters"},
        FaultRow{"address_that_is_none", receiver("webhook_configs: [{url_file: /word}]"),
                 "webhook_configs[0].url_file: the secret must be a URL"},
        FaultRow{"certificates_that_are_not_there",
                 receiver("webhook_configs: [{url: 'http://x', http_config: {tls_config: {ca_file: no.pem}}}]"),
                 "tls_config.ca_file: open 'conf/no.pem': No such file"},
        FaultRow{"key_with_a_template", receiver("pagerduty_configs: [{routing_key: '{{ .x }}'}]"),
                 "has a key with a template"},
        FaultRow{"mail_to_a_template", receiver("email_configs: [{to: '{{ .x }}', from: a@x, smarthost: 'x:25'}]"),
                 "email_configs[0].to: must be an address"},
        FaultRow{"mail_by_a_port_without_a_number",
                 receiver("email_configs: [{to: b@x, from: a@x, smarthost: 'x:mail'}]"),
                 "email_configs[0].smarthost: needs a port"},
        FaultRow{"mail_from_no_host",
                 receiver("email_configs: [{to: b@x, from: a@x, smarthost: 'x:25', hello: 'a b'}]"),
                 "email_configs[0].hello: must be the name of a host"},
        FaultRow{"bot_without_a_token",
                 receiver("slack_configs: [{api_url: 'https://slack.com/api/chat.postMessage', channel: c}]"),
                 "slack_configs[0]: posts as a bot, which needs its token"},
        FaultRow{"bot_without_a_channel",
                 receiver("slack_configs: [{api_url: 'https://slack.com/api/chat.postMessage', http_config: "
                          "{authorization: {credentials_file: /token}}}]"),
                 "slack_configs[0]: posts as a bot, which needs its channel"}),
    [](const auto& row) { return row.param.name; });

TEST(RoutingLoad, an_alertmanager_yml_cannot_name_channels) {
  const auto file = read_alertmanager("route: {receiver: a}\nreceivers: [{name: a, channels: [b]}]\n", "am.yml",
                                      app::alert_language());
  ASSERT_FALSE(file);
  EXPECT_THAT(render_faults(file.error()), HasSubstr("am.yml:2:23: receivers[0]: unknown key: known here are name"));
}

TEST(RoutingLoad, a_key_that_a_receiver_does_not_have_is_refused) {
  EXPECT_THAT(faults_of(receiver("chanels: []")), HasSubstr("unknown key 'chanels', did you mean 'channels'?"));
}

}  // namespace
}  // namespace sonde::config
