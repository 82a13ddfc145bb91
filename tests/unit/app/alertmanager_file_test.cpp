#include "config/alertmanager_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "app/alert_language.h"
#include "config/load.h"

namespace sonde::app {
namespace {

using namespace std::chrono_literals;
using enum store::MatchOperator;
using config::Receiver;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const std::string kNeeded = "route: {receiver: a}\nreceivers: [{name: a}]\n";

config::RoutingFile read(const std::string& text) {
  auto file = config::read_alertmanager(text, "am.yml", alert_language());
  EXPECT_TRUE(file) << config::render_faults(file.error());
  return file ? *std::move(file) : config::RoutingFile{};
}

std::string faults_of(const std::string& text) {
  const auto file = config::read_alertmanager(text, "am.yml", alert_language());
  return file ? "" : config::render_faults(file.error());
}

std::string notices_of(const std::string& text) { return config::render_faults(read(text).notices); }

TEST(AlertmanagerFile, a_tree_of_routes) {
  const auto file = read(R"(
route:
  receiver: a
  group_by: [alertname, cluster]
  group_wait: 0s
  routes:
    - matchers: [severity="page", 'team=~"db|web",host!=x']
      match: {old: form}
      match_re: {older: form.*}
      continue: yes
      group_by: ['...']
      group_interval: 1m
      repeat_interval: 2h
      mute_time_intervals: [nights]
      routes:
        - receiver: b
          active_time_intervals: [nights]
receivers: [{name: a}, {name: b}]
time_intervals:
  - name: nights
    time_intervals: [{}]
)");
  const alerts::Route& root = file.routing.root;
  EXPECT_EQ(root.receiver, "a");
  EXPECT_THAT(root.group_by, ElementsAre("alertname", "cluster"));
  EXPECT_EQ(root.group_wait, 0ns);
  ASSERT_THAT(root.routes, SizeIs(1));
  const alerts::Route& page = root.routes[0];
  EXPECT_THAT(page.matchers,
              ElementsAre(store::Matcher{"severity", kEqual, "page"}, store::Matcher{"team", kRegex, "db|web"},
                          store::Matcher{"host", kNotEqual, "x"}, store::Matcher{"old", kEqual, "form"},
                          store::Matcher{"older", kRegex, "form.*"}));
  EXPECT_TRUE(page.goes_on);
  EXPECT_TRUE(page.group_by_all);
  EXPECT_THAT(page.group_by, IsEmpty());
  EXPECT_EQ(page.group_interval, 1min);
  EXPECT_EQ(page.repeat_interval, 2h);
  EXPECT_THAT(page.mute_time_intervals, ElementsAre("nights"));
  EXPECT_EQ(page.routes.at(0).receiver, "b");
  EXPECT_THAT(page.routes.at(0).active_time_intervals, ElementsAre("nights"));
  EXPECT_THAT(file.notices, IsEmpty());
}

TEST(AlertmanagerFile, inhibition_in_both_forms) {
  const auto rules = read(kNeeded + R"(
inhibit_rules:
  - source_matchers: [severity="critical"]
    target_matchers: [severity=~"warning|info"]
    equal: [alertname]
  - source_match: {a: b}
    source_match_re: {c: d}
    target_match: {e: f}
    target_match_re: {g: h}
)")
                         .routing.inhibit_rules;
  ASSERT_THAT(rules, SizeIs(2));
  EXPECT_THAT(rules[0].target, ElementsAre(store::Matcher{"severity", kRegex, "warning|info"}));
  EXPECT_THAT(rules[0].equal, ElementsAre("alertname"));
  EXPECT_THAT(rules[1].source, ElementsAre(store::Matcher{"a", kEqual, "b"}, store::Matcher{"c", kRegex, "d"}));
  EXPECT_THAT(rules[1].target, ElementsAre(store::Matcher{"e", kEqual, "f"}, store::Matcher{"g", kRegex, "h"}));
}

TEST(AlertmanagerFile, time_intervals_under_both_names) {
  const auto intervals = read(kNeeded + R"(
time_intervals:
  - name: office
    time_intervals:
      - times: [{start_time: 09:00, end_time: '17:00'}, {start_time: '23:00', end_time: '24:00'}]
        weekdays: ['Monday:friday', sunday]
        days_of_month: ['1:5', '-3:-1', 7]
        months: ['may:august', december, '1']
        years: ['2026:2028', 2030]
        location: Europe/Berlin
mute_time_intervals:
  - name: never
    time_intervals: []
)")
                             .routing.time_intervals;
  ASSERT_THAT(intervals, SizeIs(2));
  const alerts::TimeInterval office{.times = {{{540, 1020}, {1380, 1440}}},
                                    .weekdays = {{{1, 5}, {0, 0}}},
                                    .days_of_month = {{{1, 5}, {-3, -1}, {7, 7}}},
                                    .months = {{{5, 8}, {12, 12}, {1, 1}}},
                                    .years = {{{2026, 2028}, {2030, 2030}}},
                                    .location = "Europe/Berlin"};
  EXPECT_EQ(intervals[0], (alerts::NamedTimeInterval{"office", {office}}));
  EXPECT_EQ(intervals[1], (alerts::NamedTimeInterval{"never", {}}));
}

TEST(AlertmanagerFile, maintenance_is_sondes_own) {
  const auto windows = read(kNeeded + R"(
maintenance:
  - name: backup
    schedule: [{times: [{start_time: '02:00', end_time: '03:00'}]}]
    matchers: [service_name=db]
    comment: nightly
)")
                           .routing.maintenance;
  ASSERT_THAT(windows, SizeIs(1));
  EXPECT_EQ(windows[0].name, "backup");
  EXPECT_EQ(windows[0].schedule.at(0).times->at(0), (alerts::TimeInterval::Range{120, 180}));
  EXPECT_THAT(windows[0].matchers, ElementsAre(store::Matcher{"service_name", kEqual, "db"}));
  EXPECT_EQ(windows[0].comment, "nightly");
}

std::vector<Receiver> receivers_of(const std::string& global, const std::string& channels) {
  return read(global + "route: {receiver: a}\nreceivers:\n- name: a\n" + channels).routing.receivers;
}

template <class Settings>
Settings channel_of(const std::string& global, const std::string& channels) {
  const auto receivers = receivers_of(global, channels);
  EXPECT_EQ(receivers.size(), 1U);
  const Settings* found = receivers.empty() ? nullptr : std::get_if<Settings>(&receivers[0].channels.at(0));
  EXPECT_NE(found, nullptr);
  return found == nullptr ? Settings{} : *found;
}

TEST(AlertmanagerFile, slack_has_its_own_address_or_the_global_one) {
  const std::string global = "global: {slack_api_url_file: /etc/slack, http_config: {proxy_url: 'http://proxy:1'}}\n";
  const auto plain = channel_of<config::SlackSettings>(global, "  slack_configs: [{channel: '#ops', title: T}]\n");
  EXPECT_EQ(plain.url.file, "/etc/slack");
  EXPECT_EQ(plain.channel, "#ops");
  EXPECT_FALSE(plain.send_resolved);
  EXPECT_EQ(plain.http.proxy_url, "http://proxy:1");
  EXPECT_EQ(plain.texts.at("title"), "T");
  const auto own = channel_of<config::SlackSettings>(
      global,
      "  slack_configs: [{api_url: 'https://hooks.example/x', send_resolved: true, http_config: "
      "{authorization: {credentials_file: /etc/token}, tls_config: {ca_file: /ca}}}]\n");
  EXPECT_EQ(own.url.text, "https://hooks.example/x");
  EXPECT_EQ(own.url.file, "");
  EXPECT_TRUE(own.send_resolved);
  EXPECT_EQ(own.http.proxy_url, "");
  EXPECT_EQ(own.http.authorization_type, "Bearer");
  EXPECT_EQ(own.http.credentials.file, "/etc/token");
  EXPECT_EQ(own.tls.ca_file, "/ca");
}

TEST(AlertmanagerFile, email_takes_what_it_does_not_say_from_global) {
  const std::string global =
      "global: {smtp_smarthost: 'mail:25', smtp_from: me@x, smtp_auth_username: u, smtp_auth_password: secret, "
      "smtp_require_tls: false}\n";
  const auto plain = channel_of<config::EmailSettings>(global, "  email_configs: [{to: you@x}]\n");
  EXPECT_EQ(plain.smarthost, "mail:25");
  EXPECT_EQ(plain.from, "me@x");
  EXPECT_EQ(plain.auth_username, "u");
  EXPECT_EQ(plain.auth_password.text, "secret");
  EXPECT_FALSE(plain.require_tls);
  EXPECT_EQ(plain.hello, "localhost");
  const auto own = channel_of<config::EmailSettings>(
      global,
      "  email_configs: [{to: you@x, from: other@x, smarthost: '[::1]:smtp', auth_password_file: /p, "
      "require_tls: true, headers: {Subject: hello}, html: ''}]\n");
  EXPECT_EQ(own.from, "other@x");
  EXPECT_EQ(own.smarthost, "[::1]:smtp");
  EXPECT_EQ(own.auth_password.file, "/p");
  EXPECT_EQ(own.auth_password.text, "");
  EXPECT_TRUE(own.require_tls);
  EXPECT_EQ(own.headers.at("Subject"), "hello");
}

TEST(AlertmanagerFile, pagerduty_and_webhook) {
  const auto pager = channel_of<config::PagerdutySettings>(
      "", "  pagerduty_configs: [{routing_key_file: /key, severity: warning, details: {a: b}}]\n");
  EXPECT_EQ(pager.routing_key.file, "/key");
  EXPECT_EQ(pager.url, "https://events.pagerduty.com/v2/enqueue");
  EXPECT_TRUE(pager.send_resolved);
  EXPECT_EQ(pager.texts.at("severity"), "warning");
  EXPECT_EQ(pager.details.at("a"), "b");
  const auto hook = channel_of<config::WebhookSettings>("",
                                                        "  webhook_configs: [{url: 'http://x/y', max_alerts: 7, "
                                                        "http_config: {basic_auth: {username: u, password: p}}}]\n");
  EXPECT_EQ(hook.url.text, "http://x/y");
  EXPECT_EQ(hook.max_alerts, 7U);
  EXPECT_EQ(hook.http.username, "u");
  EXPECT_EQ(hook.http.password.text, "p");
}

TEST(AlertmanagerFile, what_sonde_does_not_do_is_a_notice) {
  const std::string notices = notices_of(
      "global: {resolve_timeout: 5m, opsgenie_api_key: x}\n"
      "templates: ['*.tmpl']\n"
      "route: {receiver: a}\n"
      "receivers:\n"
      "- name: a\n"
      "  opsgenie_configs: [{api_key: geheim}]\n");
  EXPECT_THAT(notices, HasSubstr("am.yml:1:27: global.resolve_timeout: has no effect"));
  EXPECT_THAT(notices, HasSubstr("am.yml:2:12: templates: has no effect"));
  EXPECT_THAT(notices, HasSubstr("am.yml:6:21: receivers[0].opsgenie_configs: Sonde does not send"));
  EXPECT_THAT(notices, Not(HasSubstr("geheim")));
  EXPECT_THAT(receivers_of("", "  opsgenie_configs: [{}]\n")[0].unsupported, ElementsAre("opsgenie_configs"));
}

TEST(AlertmanagerFile, all_faults_are_told_at_once_in_the_files_order) {
  EXPECT_EQ(faults_of(R"(route:
  receiver: nobody
  group_by: [a, a]
  routes:
    - matchers: ['a', 'b=~"("']
      group_wait: soon
      mute_time_intervals: [night]
    - reciever: a
receivers:
  - name: a
    webhook_configs: [{url: ftp://x}]
  - name: a
time_intervals:
  - name: nights
    time_intervals: [{times: [{start_time: '9:00', end_time: '10:00'}], location: Berlin}]
)"),
            R"(am.yml:1:1: two receivers are called 'a': every one needs its own name
am.yml:2:13: route.receiver: there is no receiver 'nobody': name one that is there, or add it
am.yml:3:13: route.group_by: names the label 'a' twice: keep one
am.yml:5:18: route.routes[0].matchers[0]: column 2 of the matchers: expected one of =, !=, =~, !~ behind the name of a label
am.yml:5:23: route.routes[0].matchers[1]: the regular expression of 'b' cannot be read (RE2): missing ): (
am.yml:6:19: route.routes[0].group_wait: 'soon' is not a duration; write it like 30s, 5m, 1h30m or 250ms
am.yml:7:28: route.routes[0].mute_time_intervals: there is no time interval 'night', did you mean 'nights'?
am.yml:8:7: route.routes[1].reciever: unknown key 'reciever', did you mean 'receiver'?
am.yml:11:29: receivers[0].webhook_configs[0].url: must be a URL that starts with http:// or https://
am.yml:15:44: time_intervals[0].time_intervals[0].times[0].start_time: '9:00' is no time of day: write HH:MM, from 00:00 to 24:00
)");
}

struct FaultCase {
  const char* name;
  std::string text;
  std::string says;
};

class AlertmanagerFaults : public testing::TestWithParam<FaultCase> {};

TEST_P(AlertmanagerFaults, say_how_to_mend_it) { EXPECT_THAT(faults_of(GetParam().text), HasSubstr(GetParam().says)); }

std::string with_route(const std::string& route) { return "route: " + route + "\nreceivers: [{name: a}]\n"; }
std::string with_channel(const std::string& channels) {
  return "route: {receiver: a}\nreceivers:\n- name: a\n  " + channels + "\n";
}
std::string with_interval(const std::string& interval) {
  return kNeeded + "time_intervals: [{name: x, time_intervals: [" + interval + "]}]\n";
}

INSTANTIATE_TEST_SUITE_P(
    File, AlertmanagerFaults,
    testing::Values(
        FaultCase{"empty", "", "has no route"}, FaultCase{"no_yaml", "a: [", "should be closed"},
        FaultCase{"no_mapping", "- a", "takes a mapping"},
        FaultCase{"no_receiver", with_route("{}"), "am.yml:1:8: route: the root route needs a receiver"},
        FaultCase{"root_matchers", with_route("{receiver: a, match: {a: b}}"), "cannot have matchers"},
        FaultCase{"root_intervals", with_route("{receiver: a, mute_time_intervals: [x]}"),
                  "cannot have time intervals"},
        FaultCase{"zero_interval", with_route("{receiver: a, group_interval: 0s}"),
                  "group_interval: '0s' is out of range"},
        FaultCase{"zero_repeat", with_route("{receiver: a, repeat_interval: 0s}"),
                  "repeat_interval: '0s' is out of range"},
        FaultCase{"all_and_one", with_route("{receiver: a, group_by: ['...', a]}"), "'...' is every label"},
        FaultCase{"continue", with_route("{receiver: a, continue: maybe}"), "neither true nor false"},
        FaultCase{"twice", "route: {receiver: a}\nroute: {receiver: a}\n", "already at line 1"},
        FaultCase{"no_value_to_match", with_route("{receiver: a, routes: [{match: {a: }}]}"), "has no value"},
        FaultCase{"unknown_key", kNeeded + "inhibit_rule: []\n", "did you mean 'inhibit_rules'?"},
        FaultCase{"unknown_kind", with_channel("smoke_signal_configs: []"), "unknown key: known here are name, slack"},
        FaultCase{"no_name", "route: {receiver: a}\nreceivers: [{}]\n", "needs a name"},
        FaultCase{"slack_without_address", with_channel("slack_configs: [{channel: x}]"),
                  "needs the address of a Slack"},
        FaultCase{"slack_twice", with_channel("slack_configs: [{api_url: 'http://x', api_url_file: /x}]"),
                  "api_url and api_url_file"},
        FaultCase{"pager_without_key", with_channel("pagerduty_configs: [{}]"), "needs the key of an integration"},
        FaultCase{"pager_twice", with_channel("pagerduty_configs: [{routing_key: x, routing_key_file: y}]"),
                  "routing_key and routing_key_file"},
        FaultCase{"hook_without_address", with_channel("webhook_configs: [{}]"), "needs the address to send to"},
        FaultCase{"mail_to_nobody", with_channel("email_configs: [{from: x@y.example, smarthost: 'x:1'}]"),
                  "recipients"},
        FaultCase{"mail_without_server", with_channel("email_configs: [{to: x@y.example, from: x@y.example}]"),
                  "needs a mail server"},
        FaultCase{"mail_from_nobody", with_channel("email_configs: [{to: x@y.example, smarthost: 'x:1'}]"),
                  "needs a sender"},
        FaultCase{"mail_port", with_channel("email_configs: [{to: x@y.example, from: x@y.example, smarthost: x}]"),
                  "must be the HOST:PORT"},
        FaultCase{
            "mail_headers",
            with_channel(
                "email_configs: [{to: x@y.example, from: x@y.example, smarthost: 'x:1', headers: {To: a, to: b}}]"),
            "the header 'to' twice"},
        FaultCase{"two_passwords", "global: {smtp_auth_password: a, smtp_auth_password_file: b}\n" + kNeeded,
                  "smtp_auth_password and smtp_auth_password_file"},
        FaultCase{"two_logins",
                  with_channel("webhook_configs: [{url: 'http://x', http_config: {basic_auth: {username: a}, "
                               "bearer_token: b}}]"),
                  "both basic_auth and authorization"},
        FaultCase{"no_end", with_interval("{times: [{start_time: '01:00'}]}"), "needs both start_time and end_time"},
        FaultCase{"midnight", with_interval("{times: [{start_time: '22:00', end_time: '06:00'}]}"), "two ranges"},
        FaultCase{"time_24_30", with_interval("{times: [{start_time: '22:00', end_time: '24:30'}]}"), "no time of day"},
        FaultCase{"weekday", with_interval("{weekdays: [mon]}"), "'mon' cannot be read: write monday"},
        FaultCase{"day", with_interval("{days_of_month: ['-1:1']}"), "must end with such a day"},
        FaultCase{"month", with_interval("{months: [13]}"), "from 1 to 12"},
        FaultCase{"place", with_interval("{location: Europe/Berlinn}"), "did you mean 'Europe/Berlin'?"},
        FaultCase{"unnamed_interval", kNeeded + "time_intervals: [{time_intervals: []}]\n", "needs a name"},
        FaultCase{"interval_twice", kNeeded + "time_intervals: [{name: x}]\nmute_time_intervals: [{name: x}]\n",
                  "two time intervals are called 'x'"},
        FaultCase{"window_without_schedule", kNeeded + "maintenance: [{name: x}]\n", "needs a schedule"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(AlertmanagerFile, P19_no_fault_repeats_a_secret) {
  const std::string secret = "s3cr3t";
  for (const std::string& text :
       {"global: {slack_api_url: 's3cr3t'}\n" + kNeeded, "global: {s3cr3t: x}\n" + kNeeded,
        "global: {smtp_auth_password: [s3cr3t]}\n" + kNeeded, with_channel("webhook_configs: [{url: 'ftp://s3cr3t/'}]"),
        with_channel("webhook_configs: [{s3cr3t: x}]"), with_channel("pagerduty_configs: [{routing_key: {s3cr3t: x}}]"),
        with_channel("slack_configs: [{api_url: 'https:// s3cr3t', api_url_file: s3cr3t}]"),
        with_channel(
            "webhook_configs: [{url: 'http://x', http_config: {basic_auth: {password: s3cr3t, passwort: s3cr3t}}}]")}) {
    EXPECT_THAT(faults_of(text), Not(IsEmpty())) << text;
    EXPECT_THAT(faults_of(text), Not(HasSubstr(secret))) << text;
  }
}

}  // namespace
}  // namespace sonde::app
