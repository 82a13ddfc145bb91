#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "app/alert_language.h"
#include "config/load.h"
#include "config/mail_values.h"
#include "support/fake_secrets.h"

namespace sonde::config {
namespace {

FakeSecrets secrets() {
  FakeSecrets given;
  given.files = {{"/token", "xoxb-SECRET\n"},
                 {"/password", "hush SECRET\n"},
                 {"/two", "newSECRET\noldSECRET\n"},
                 {"/three", "SECRET1\nSECRET2\nSECRET3\n"}};
  given.variables = {{"KEY", "0123SECRET"}};
  return given;
}

template <class Kind>
Kind only_channel(const std::string& yaml) {
  const auto config = load(yaml, "f", {secrets(), app::alert_language()});
  EXPECT_TRUE(config) << render_faults(config.error());
  if (!config || config->notify.channels.size() != 1) return {};
  const Kind* kind = std::get_if<Kind>(&config->notify.channels.front().to);
  EXPECT_NE(kind, nullptr);
  return kind == nullptr ? Kind{} : *kind;
}

TEST(Channels, reads_a_slack_bot) {
  const auto bot = only_channel<notify::SlackBot>("notify: {slack: [{name: a, token_file: /token, channel: '#ops'}]}");
  EXPECT_EQ(bot.token, "xoxb-SECRET");
  EXPECT_EQ(bot.channel, "#ops");
  EXPECT_EQ(bot.api_url, "https://slack.com/api");
}

TEST(Channels, reads_what_signs_answers_from_wherever_it_is) {
  for (const char* key : {"signing_secret: here-SECRET", "signing_secret_file: /token", "signing_secret_env: KEY"}) {
    const auto bot = only_channel<notify::SlackBot>("notify: {slack: [{name: a, token_file: /token, channel: '#ops', " +
                                                    std::string(key) + "}]}");
    EXPECT_NE(bot.signing_secret.find("SECRET"), std::string::npos) << key;
  }
  for (const char* key : {"webhook_secret: here-SECRET", "webhook_secret_file: /token", "webhook_secret_env: KEY"}) {
    const auto pagerduty = only_channel<notify::PagerDuty>("notify: {pagerduty: [{name: a, routing_key_env: KEY, " +
                                                           std::string(key) + "}]}");
    EXPECT_NE(pagerduty.webhook_secret.find("SECRET"), std::string::npos) << key;
  }
}

TEST(Channels, reads_mail_with_tls_by_its_address) {
  const auto email = only_channel<notify::Email>(R"(
notify:
  email:
    - name: team
      smtp: smtp://mail.example
      from: Sonde <sonde@example.com>
      to: [ops@example.com, '"Doe, J" <j@example.com>']
      user: sonde
      password_file: /password
      ca_file: /ca.pem
)");
  EXPECT_EQ(email.host, "mail.example");
  EXPECT_EQ(email.port, 587);
  EXPECT_EQ(email.tls, notify::MailTls::kStarttls);
  EXPECT_EQ(email.password, "hush SECRET");
  EXPECT_EQ(email.tls_options.ca_file, "/ca.pem");
  EXPECT_EQ(email.from, (notify::Mailbox{"Sonde", "sonde@example.com"}));
  ASSERT_EQ(email.to.size(), 2u);
  EXPECT_EQ(email.to[1], (notify::Mailbox{"Doe, J", "j@example.com"}));
  const auto implicit =
      only_channel<notify::Email>("notify: {email: [{name: a, smtp: 'smtps://m', from: a@x, to: b@x}]}");
  EXPECT_EQ(implicit.port, 465);
  EXPECT_EQ(implicit.tls, notify::MailTls::kImplicit);
}

TEST(Channels, reads_the_other_kinds) {
  const auto pagerduty = only_channel<notify::PagerDuty>("notify: {pagerduty: [{name: a, routing_key_env: KEY}]}");
  EXPECT_EQ(pagerduty.routing_key, "0123SECRET");
  EXPECT_EQ(pagerduty.url, "https://events.pagerduty.com/v2/enqueue");
  const auto webhook = only_channel<notify::Webhook>(
      "notify: {webhook: [{name: a, url: 'http://h/', token_file: /token, secret_file: /two}]}");
  EXPECT_EQ(webhook.token, "xoxb-SECRET");
  EXPECT_EQ(webhook.signing_secrets, (std::vector<std::string>{"newSECRET", "oldSECRET"}));
  const auto alertmanager = only_channel<notify::Alertmanager>(
      "notify: {alertmanager: [{name: a, urls: ['http://a:9093', 'http://b:9093'], user: u, password_file: "
      "/password}]}");
  EXPECT_EQ(alertmanager.urls.size(), 2u);
  EXPECT_EQ(alertmanager.password, "hush SECRET");
  const auto program = only_channel<notify::Program>("notify: {command: [{name: a, run: [/bin/page, --now]}]}");
  EXPECT_EQ(program.arguments, (std::vector<std::string>{"/bin/page", "--now"}));
}

struct ChannelRow {
  const char* name;
  const char* channel;
  const char* says;
};

class ChannelFault : public testing::TestWithParam<ChannelRow> {};

TEST_P(ChannelFault, says_what_to_mend_and_repeats_no_secret) {
  const auto config =
      load("notify: {" + std::string(GetParam().channel) + "}", "f", {secrets(), app::alert_language()});
  ASSERT_FALSE(config);
  const std::string faults = render_faults(config.error());
  EXPECT_NE(faults.find(GetParam().says), std::string::npos) << faults;
  EXPECT_EQ(config.error().size(), 1u) << faults;
  EXPECT_EQ(faults.find("SECRET"), std::string::npos) << faults;
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ChannelFault,
    testing::Values(
        ChannelRow{"bot_without_channel", "slack: [{name: a, token_file: /token}]",
                   "slack[0]: has a bot's token and no channel"},
        ChannelRow{"bot_and_webhook", "slack: [{name: a, token_file: /token, url: 'http://h/SECRET'}]",
                   "slack[0]: has a URL and a token"},
        ChannelRow{"webhook_with_channel", "slack: [{name: a, url: 'http://h/SECRET', channel: c}]",
                   "slack[0]: has channel, which is for bots"},
        ChannelRow{"webhook_with_a_signing_secret",
                   "slack: [{name: a, url: 'http://h/SECRET', signing_secret: SECRET}]",
                   "slack[0]: has a signing secret, which is for bots"},
        ChannelRow{
            "signing_secret_in_both",
            "slack: [{name: a, token_file: /token, channel: c, signing_secret: SECRET, signing_secret_env: KEY}]",
            "has signing_secret and signing_secret_env: keep exactly one"},
        ChannelRow{"webhook_secret_of_two_lines",
                   "pagerduty: [{name: a, routing_key_env: KEY, webhook_secret_file: /two}]",
                   "the secret must be one line without control characters"},
        ChannelRow{"token_in_place", "slack: [{name: a, token: xoxb-SECRET, channel: c, token_file: /token}]",
                   "unknown key"},
        ChannelRow{"token_in_both", "slack: [{name: a, token_file: /token, token_env: KEY, channel: c}]",
                   "has token_file and token_env: keep exactly one"},
        ChannelRow{"secret_as_path", "pagerduty: [{name: a, routing_key_file: SECRETkey}]",
                   "must be the absolute path of a file with the routing key"},
        ChannelRow{"secret_as_variable", "pagerduty: [{name: a, routing_key_env: SECRET.key}]",
                   "must be the name of an environment variable"},
        ChannelRow{"no_routing_key", "pagerduty: [{name: a}]", "needs the service's integration key"},
        ChannelRow{"no_server", "email: [{name: a, from: a@x, to: b@x}]", "needs the mail server"},
        ChannelRow{"server_without_scheme", "email: [{name: a, smtp: 'mail:25', from: a@x, to: b@x}]",
                   "must start with smtp:// or smtps://"},
        ChannelRow{"server_with_user", "email: [{name: a, smtp: 'smtp://u:SECRET@mail', from: a@x, to: b@x}]",
                   "holds a user"},
        ChannelRow{"password_in_the_clear",
                   "email: [{name: a, smtp: 'smtp://m', tls: none, from: a@x, to: b@x, user: u, password_file: "
                   "/password}]",
                   "would send its password in the clear"},
        ChannelRow{"user_alone", "email: [{name: a, smtp: 'smtp://m', from: a@x, to: b@x, user: u}]",
                   "has a user and no password"},
        ChannelRow{"other_tls", "email: [{name: a, smtp: 'smtp://m', tls: maybe, from: a@x, to: b@x}]",
                   "email[0].tls: must be starttls, implicit or none"},
        ChannelRow{"bad_recipient", "email: [{name: a, smtp: 'smtp://m', from: a@x, to: [b@x, 'c@x\\tBcc']}]",
                   "email[0].to: must be an address"},
        ChannelRow{"no_recipient", "email: [{name: a, smtp: 'smtp://m', from: a@x, to: []}]",
                   "email[0].to: must not be empty"},
        ChannelRow{"three_secrets", "webhook: [{name: a, url: 'http://h', secret_file: /three}]",
                   "has more than two lines"},
        ChannelRow{"token_of_two_lines", "webhook: [{name: a, url: 'http://h', token_file: /two}]",
                   "must be one line without control characters"},
        ChannelRow{"member_with_user", "alertmanager: [{name: a, urls: ['http://u:SECRET@h']}]", "holds a user"},
        ChannelRow{"no_member", "alertmanager: [{name: a}]", "needs the addresses of all members"},
        ChannelRow{"program_without_path", "command: [{name: a, run: page}]",
                   "must begin with the absolute path of a program"},
        ChannelRow{"no_program", "command: [{name: a}]", "needs what to run"},
        ChannelRow{"base_that_is_no_url", "runbook_base: wiki", "must be a URL"}),
    [](const auto& row) { return row.param.name; });

TEST(MailServer, is_a_host_and_maybe_a_port) {
  EXPECT_EQ(parse_mail_server("smtp://[::1]:2525")->host, "::1");
  EXPECT_EQ(parse_mail_server("smtp://[::1]:2525")->port, 2525);
  EXPECT_EQ(parse_mail_server("smtps://m/")->port, 465);
  for (const char* bad : {"", "smtp://", "smtp://a b", "smtp://[::1", "smtp://m:0", "smtp://m:65536", "smtp://m:1x",
                          "smtp://m/path", "http://m", "smtp://[::1]x"}) {
    EXPECT_FALSE(parse_mail_server(bad)) << bad;
  }
}

TEST(Mailbox, is_an_address_that_can_split_no_header) {
  EXPECT_EQ(parse_mailbox("a@x")->address, "a@x");
  EXPECT_EQ(parse_mailbox(" Name  < a@x > ")->name, "Name");
  for (const char* bad :
       {"", "a", "@x", "a@", "a@x@y", "a b@x", "a@x>", "<a@x", "N <a@x> b", "a@x,b@x", "\xC3\xA9@x"}) {
    EXPECT_FALSE(parse_mailbox(bad)) << bad;
  }
}

}  // namespace
}  // namespace sonde::config
