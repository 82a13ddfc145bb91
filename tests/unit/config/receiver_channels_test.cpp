#include "config/receiver_channels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "app/alert_language.h"
#include "config/alertmanager_file.h"
#include "config/load.h"
#include "support/fake_secrets.h"

namespace sonde::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

FakeSecrets secrets() {
  FakeSecrets given;
  given.files = {{"/slack", "https://hooks.example/T/B/hush\n"},
                 {"/token", "hush-token\n"},
                 {"conf/key", "hush-key\n"},
                 {"conf/ca.pem", "certificates"}};
  return given;
}

RoutingFile read(const std::string& channels, const std::string& global = "{}") {
  const FakeSecrets given = secrets();
  auto file = read_alertmanager(
      "global: " + global + "\nroute: {receiver: team}\nreceivers:\n- name: team\n  " + channels + "\n", "conf/am.yml",
      app::alert_language(), &given);
  EXPECT_TRUE(file) << render_faults(file.error());
  return file ? *std::move(file) : RoutingFile{};
}

notify::Channel channel_of(const std::string& channels, const std::string& global = "{}") {
  const ReceiverChannels all = channels_of(read(channels, global).routing.receivers);
  EXPECT_EQ(all.channels.size(), 1U);
  return all.channels.empty() ? notify::Channel{} : all.channels.front();
}

template <class Kind>
Kind sent_to(const notify::Channel& channel) {
  const Kind* kind = std::get_if<Kind>(&channel.to);
  EXPECT_NE(kind, nullptr);
  return kind == nullptr ? Kind{} : *kind;
}

TEST(ReceiverChannels, slack_by_an_incoming_webhook) {
  const auto channel = channel_of(
      "slack_configs: [{api_url_file: /slack, channel: '#ops', username: sonde, title: T, text: '{{ .x }}'}]");
  EXPECT_EQ(channel.name, "team/slack");
  EXPECT_FALSE(channel.send_resolved);
  EXPECT_EQ(sent_to<notify::SlackWebhook>(channel).url, "https://hooks.example/T/B/hush");
  EXPECT_THAT(channel.texts, UnorderedElementsAre(Pair("channel", "#ops"), Pair("username", "sonde"),
                                                  Pair("title", "T"), Pair("text", "{{ .x }}")));
}

TEST(ReceiverChannels, slack_by_a_bot_where_alertmanager_is_given_a_token) {
  const auto channel = channel_of(
      "slack_configs: [{channel: '#ops', send_resolved: true, http_config: {authorization: {credentials_file: "
      "/token}, proxy_url: 'http://proxy:1'}}]",
      "{slack_api_url: 'https://slack.example/api/chat.postMessage'}");
  const auto bot = sent_to<notify::SlackBot>(channel);
  EXPECT_EQ(bot.token, "hush-token");
  EXPECT_EQ(bot.channel, "#ops");
  EXPECT_EQ(bot.api_url, "https://slack.example/api");
  EXPECT_EQ(bot.http.authorization, "");
  EXPECT_EQ(bot.http.proxy_url, "http://proxy:1");
  EXPECT_TRUE(channel.send_resolved);
}

TEST(ReceiverChannels, email) {
  const auto channel = channel_of(
      "email_configs: [{to: 'ops@x.example, \"Doe, J\" <j@x.example>', headers: {Subject: S}, html: H, hello: me.x, "
      "auth_password: hush, auth_identity: i, tls_config: {ca_file: ca.pem, server_name: other, insecure_skip_verify: "
      "true}}]",
      "{smtp_from: 'Sonde <s@x.example>', smtp_smarthost: '[::1]:submission', smtp_auth_username: u}");
  const auto mail = sent_to<notify::Email>(channel);
  EXPECT_EQ(mail.host, "::1");
  EXPECT_EQ(mail.port, 587);
  EXPECT_EQ(mail.tls, notify::MailTls::kStarttls);
  EXPECT_EQ(mail.user, "u");
  EXPECT_EQ(mail.password, "hush");
  EXPECT_EQ(mail.identity, "i");
  EXPECT_EQ(mail.hello, "me.x");
  EXPECT_EQ(mail.from, (notify::Mailbox{"Sonde", "s@x.example"}));
  EXPECT_THAT(mail.to, ElementsAre(notify::Mailbox{"", "ops@x.example"}, notify::Mailbox{"Doe, J", "j@x.example"}));
  EXPECT_EQ(mail.tls_options,
            (notify::TlsOptions{.ca_file = "conf/ca.pem", .server_name = "other", .verifies = false}));
  EXPECT_FALSE(channel.send_resolved);
  EXPECT_THAT(channel.texts, UnorderedElementsAre(Pair("headers.Subject", "S"), Pair("html", "H")));
}

TEST(ReceiverChannels, email_is_encrypted_by_its_port_and_its_demand) {
  const auto tls = [](const std::string& more) {
    return sent_to<notify::Email>(channel_of("email_configs: [{to: a@x, from: b@x, " + more + "}]")).tls;
  };
  EXPECT_EQ(tls("smarthost: 'm:465'"), notify::MailTls::kImplicit);
  EXPECT_EQ(tls("smarthost: 'm:smtp', require_tls: false"), notify::MailTls::kNone);
  EXPECT_EQ(tls("smarthost: 'm:25'"), notify::MailTls::kStarttls);
}

TEST(ReceiverChannels, pagerduty) {
  const auto channel = channel_of(
      "pagerduty_configs: [{routing_key_file: key, severity: warning, details: {a: b}, send_resolved: false}]",
      "{pagerduty_url: 'https://events.eu.pagerduty.com/v2/enqueue'}");
  const auto pager = sent_to<notify::PagerDuty>(channel);
  EXPECT_EQ(pager.routing_key, "hush-key");
  EXPECT_EQ(pager.url, "https://events.eu.pagerduty.com/v2/enqueue");
  EXPECT_TRUE(pager.http.follows_redirects);
  EXPECT_FALSE(channel.send_resolved);
  EXPECT_THAT(channel.texts, UnorderedElementsAre(Pair("severity", "warning"), Pair("details.a", "b")));
}

TEST(ReceiverChannels, webhook) {
  const auto channel = channel_of(
      "webhook_configs: [{url: 'https://x/y', max_alerts: 7, http_config: {basic_auth: {username: u, password: p}, "
      "follow_redirects: false, tls_config: {ca_file: ca.pem, cert_file: /token, key_file: key}}}]");
  const auto hook = sent_to<notify::Webhook>(channel);
  EXPECT_EQ(hook.url, "https://x/y");
  EXPECT_EQ(hook.max_alerts, 7U);
  EXPECT_EQ(hook.http,
            (notify::HttpOptions{.user = "u",
                                 .password = "p",
                                 .follows_redirects = false,
                                 .tls = {.ca_file = "conf/ca.pem", .cert_file = "/token", .key_file = "conf/key"}}));
  EXPECT_TRUE(channel.send_resolved);
  EXPECT_THAT(channel.texts, IsEmpty());
  const auto with_token = channel_of(
      "webhook_configs: [{url: 'https://x/y', http_config: {authorization: {type: Key, "
      "credentials: hush}}}]");
  EXPECT_EQ(sent_to<notify::Webhook>(with_token).http.authorization, "Key hush");
}

struct NoticeRow {
  const char* name;
  std::string channels;
  std::string says;
};

class ReceiverNotice : public testing::TestWithParam<NoticeRow> {};

TEST_P(ReceiverNotice, is_left_about_what_is_not_carried_out) {
  EXPECT_THAT(render_faults(read(GetParam().channels).notices), HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ReceiverNotice,
    testing::Values(
        NoticeRow{"older_api", "pagerduty_configs: [{service_key: x}]", "is sent as the routing_key"},
        NoticeRow{"other_login",
                  "email_configs: [{to: a@x, from: b@x, smarthost: 'm:25', auth_username: u, auth_secret: s}]",
                  "does not log in: CRAM-MD5"},
        NoticeRow{"no_password", "email_configs: [{to: a@x, from: b@x, smarthost: 'm:25', auth_username: u}]",
                  "does not log in: auth_username has no auth_password"},
        NoticeRow{"in_the_clear",
                  "email_configs: [{to: a@x, from: b@x, smarthost: 'm:25', auth_username: u, auth_password: p, "
                  "require_tls: false}]",
                  "conf/am.yml:5:19: receivers[0].email_configs[0]: sends its password in the clear"},
        NoticeRow{"oauth", "webhook_configs: [{url: 'http://x', http_config: {oauth2: {client_id: x}}}]",
                  "http_config.oauth2: has no effect"},
        NoticeRow{"timeout", "webhook_configs: [{url: 'http://x', timeout: 5s}]", "timeout: has no effect"},
        NoticeRow{"title", "slack_configs: [{api_url: 'http://x', title: T}]",
                  "slack_configs[0].title: has no effect: Sonde writes its own messages"},
        NoticeRow{"details", "pagerduty_configs: [{routing_key: x, details: {a: b}}]", "details: has no effect"},
        NoticeRow{"headers", "email_configs: [{to: a@x, from: b@x, smarthost: 'm:25', headers: {Subject: s}}]",
                  "headers: has no effect"},
        NoticeRow{"where_a_webhook_posts", "slack_configs: [{api_url: 'http://x', channel: c}]",
                  "slack_configs[0]: its channel has no effect"},
        NoticeRow{"other_kind", "opsgenie_configs: [{api_key: x}]", "nobody is told here"}),
    [](const auto& row) { return row.param.name; });

TEST(ReceiverChannels, no_two_names_are_alike) {
  const std::vector<Receiver> receivers{{"a", {WebhookSettings{}, WebhookSettings{}, SlackSettings{}}, {}, {}},
                                        {"a/webhook", {WebhookSettings{}, WebhookSettings{}}, {}, {}},
                                        {"a/slack", {SlackSettings{}}, {}, {}}};
  std::set<std::string> names;
  for (const notify::Channel& channel : channels_of(receivers).channels) names.insert(channel.name);
  EXPECT_EQ(names.size(), 6U);
}

}  // namespace
}  // namespace sonde::config
