#include "config/receiver_channels.h"

#include <map>
#include <string>
#include <utility>
#include <variant>

#include "config/mail_values.h"

namespace sonde::config {
namespace {

constexpr std::string_view kPostMessage = "/chat.postMessage";

notify::TlsOptions options_of(const TlsSettings& tls) {
  return {.ca_file = tls.ca_file,
          .cert_file = tls.cert_file,
          .key_file = tls.key_file,
          .server_name = tls.server_name,
          .verifies = !tls.insecure_skip_verify};
}

notify::HttpOptions options_of(const HttpClientSettings& http, const TlsSettings& tls) {
  notify::HttpOptions options{.user = http.username,
                              .password = http.password.value(),
                              .proxy_url = http.proxy_url,
                              .follows_redirects = http.follow_redirects,
                              .tls = options_of(tls)};
  if (http.credentials.is_given()) options.authorization = http.authorization_type + " " + http.credentials.value();
  return options;
}

/// The one text of each name, with what the channel has under another name.
MessageTexts joined(MessageTexts texts, const std::string& prefix, const std::map<std::string, std::string>& more) {
  for (const auto& [name, text] : more) texts[prefix + name] = text;
  return texts;
}

notify::MailTls tls_of(const EmailSettings& email, const MailServer& server) {
  if (server.is_implicit_tls) return notify::MailTls::kImplicit;
  return email.require_tls ? notify::MailTls::kStarttls : notify::MailTls::kNone;
}

/// A channel of each kind, still without a name.
struct Conversion {
  notify::Channel operator()(const SlackSettings& slack) const {
    MessageTexts texts = slack.texts;
    if (!slack.username.empty()) texts["username"] = slack.username;
    const notify::HttpOptions http = options_of(slack.http, slack.tls);
    const std::string& url = slack.url.value();
    if (is_slack_api(url)) {
      notify::SlackBot bot{.token = slack.http.credentials.value(),
                           .channel = slack.channel,
                           .api_url = url.substr(0, url.size() - kPostMessage.size()),
                           .http = http};
      bot.http.authorization.clear();  // it is the token
      return {.name = {}, .to = std::move(bot), .send_resolved = slack.send_resolved, .texts = std::move(texts)};
    }
    if (!slack.channel.empty()) texts["channel"] = slack.channel;
    return {.name = {},
            .to = notify::SlackWebhook{.url = url, .http = http},
            .send_resolved = slack.send_resolved,
            .texts = std::move(texts)};
  }

  notify::Channel operator()(const EmailSettings& email) const {
    // All three have been read before.
    const auto server = parse_smarthost(email.smarthost);
    const auto from = parse_mailbox(email.from);
    auto to = parse_mailboxes(email.to);
    notify::Email mail;
    if (server && from && to) {
      mail = {.host = server->host,
              .port = server->port,
              .tls = tls_of(email, *server),
              .hello = email.hello,
              .tls_options = options_of(email.tls),
              .from = *from,
              .to = *std::move(to)};
    }
    if (!email.auth_username.empty() && email.auth_password.is_given()) {
      mail.user = email.auth_username;
      mail.password = email.auth_password.value();
      mail.identity = email.auth_identity;
    }
    return {.name = {},
            .to = std::move(mail),
            .send_resolved = email.send_resolved,
            .texts = joined(email.texts, "headers.", email.headers)};
  }

  notify::Channel operator()(const PagerdutySettings& pagerduty) const {
    const SecretSetting& key = pagerduty.routing_key.is_given() ? pagerduty.routing_key : pagerduty.service_key;
    return {.name = {},
            .to = notify::PagerDuty{.routing_key = key.value(),
                                    .url = pagerduty.url,
                                    .http = options_of(pagerduty.http, pagerduty.tls)},
            .send_resolved = pagerduty.send_resolved,
            .texts = joined(pagerduty.texts, "details.", pagerduty.details)};
  }

  notify::Channel operator()(const WebhookSettings& webhook) const {
    return {.name = {},
            .to = notify::Webhook{.url = webhook.url.value(),
                                  .max_alerts = webhook.max_alerts,
                                  .http = options_of(webhook.http, webhook.tls)},
            .send_resolved = webhook.send_resolved};
  }
};

struct Kind {
  std::string_view operator()(const SlackSettings&) const { return "slack"; }
  std::string_view operator()(const EmailSettings&) const { return "email"; }
  std::string_view operator()(const PagerdutySettings&) const { return "pagerduty"; }
  std::string_view operator()(const WebhookSettings&) const { return "webhook"; }
};

}  // namespace

ReceiverChannels channels_of(const std::vector<Receiver>& receivers) {
  ReceiverChannels all;
  for (const Receiver& receiver : receivers) {
    notify::Receiver& named =
        all.receivers.emplace_back(notify::Receiver{receiver.name, receiver.channel_names, receiver.escalation});
    std::map<std::string_view, int> counts;
    for (const ChannelSettings& settings : receiver.channels) {
      const std::string_view kind = std::visit(Kind{}, settings);
      const int number = ++counts[kind];
      notify::Channel channel = std::visit(Conversion{}, settings);
      channel.name = receiver.name + "/" + std::string(kind) + (number == 1 ? "" : "/" + std::to_string(number));
      named.channels.push_back(channel.name);
      all.channels.push_back(std::move(channel));
    }
  }
  return all;
}

bool is_slack_api(std::string_view url) { return url.ends_with(kPostMessage); }

}  // namespace sonde::config
