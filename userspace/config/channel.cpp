#include "config/channel.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "config/channel_secret.h"
#include "config/mail_values.h"
#include "config/spelling.h"

namespace sonde::config {
namespace {

constexpr SecretKey kUrl{"url", "URL", true};
constexpr SecretKey kToken{"token", "token"};
constexpr SecretKey kPassword{"password", "password"};
constexpr SecretKey kRoutingKey{"routing_key", "routing key"};
constexpr SecretKey kSigningSecret{"secret", "secret"};
constexpr SecretKey kSlackSigningSecret{"signing_secret", "signing secret", true};
constexpr SecretKey kPagerDutyWebhookSecret{"webhook_secret", "webhook's secret", true};

constexpr std::array<std::string_view, 3> kTlsWords{"starttls", "implicit", "none"};
static_assert(kTlsWords.size() == static_cast<std::size_t>(notify::MailTls::kNone) + 1, "every MailTls needs its word");

std::string key_of(const Spot& spot) { return spot.path.substr(spot.path.rfind('.') + 1); }

const Address* text_at(const Draft& draft, const std::string& key) {
  const auto found = draft.channel.texts.find(key);
  return found == draft.channel.texts.end() ? nullptr : &found->second;
}

std::string text_or(const Draft& draft, const std::string& key, const std::string& otherwise) {
  const Address* text = text_at(draft, key);
  return text == nullptr ? otherwise : text->text;
}

const AddressList* list_at(const Draft& draft, const std::string& key) {
  const auto found = draft.channel.lists.find(key);
  return found == draft.channel.lists.end() ? nullptr : &found->second;
}

bool is_given(const Draft& draft, const Spot& channel, const std::string& key) {
  return draft.log.find(channel.path + "." + key) != nullptr;
}

/// Leaves a fault behind if the channel lacks the key; one that could not be read has its fault.
void demand(Draft& draft, const Spot& channel, const std::string& key, const std::string& what) {
  if (!is_given(draft, channel, key)) draft.log.add(channel, what);
}

void check(Draft& draft, const Address& place, const Result<>& checked, const std::string& lead = "") {
  if (!checked) draft.log.add(place.spot, lead + checked.error().what);
}

std::string fetch_url(Draft& draft, const Spot& spot) {
  const auto secret = fetch_secret(draft, spot, kUrl);
  if (!secret) return {};
  const bool stands_here = key_of(secret->place.spot) == kUrl.key;
  check(draft, secret->place, check_http_url(secret->text), stands_here ? "" : "the secret ");
  return secret->text;
}

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    return byte < 0x20 || byte == 0x7F;
  });
}

/// Of one line: it is to stand in a header or a command.
std::string fetch_line(Draft& draft, const Spot& spot, const SecretKey& key) {
  auto secret = fetch_secret(draft, spot, key);
  if (!secret) return {};
  if (has_control_character(secret->text)) {
    draft.log.add(secret->place.spot, "the secret must be one line without control characters");
  }
  return std::move(secret->text);
}

/// Each line is a secret.
std::vector<std::string> fetch_lines(Draft& draft, const Spot& spot, const SecretKey& key) {
  constexpr std::size_t kMost = 2;
  std::vector<std::string> lines;
  const auto secret = fetch_secret(draft, spot, key);
  if (!secret) return lines;
  std::string_view rest = secret->text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) lines.emplace_back(line);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (lines.size() > kMost) {
    draft.log.add(secret->place.spot, "the secret has more than two lines: one secret, or the new and the old one");
  }
  return lines;
}

std::string checked_ca_file(Draft& draft) {
  const Address* path = text_at(draft, "ca_file");
  if (path == nullptr) return {};
  if (!path->text.starts_with('/')) draft.log.add(path->spot, "must be the absolute path of a file of certificates");
  return path->text;
}

std::string checked_url(Draft& draft, const std::string& key, const std::string& otherwise) {
  const Address* url = text_at(draft, key);
  if (url == nullptr) return otherwise;
  check(draft, *url, check_http_url(url->text));
  std::string text = url->text;
  while (text.ends_with('/')) text.pop_back();
  return text;
}

/// A user without a password, or the other way round.
void check_login(Draft& draft, const Spot& spot) {
  const bool has_password = gives(draft, spot, kPassword);
  if (is_given(draft, spot, "user") && !has_password) {
    draft.log.add(spot, "has a user and no password: add password_file or password_env");
  }
  if (!is_given(draft, spot, "user") && has_password) draft.log.add(spot, "has a password and no user: add user");
}

void add(Draft& draft, const Spot& spot, notify::Destination to) {
  demand(draft, spot, "name", "needs a name");
  draft.config.notify.channels.push_back({draft.channel.name, std::move(to)});
}

std::optional<notify::Mailbox> mailbox_of(Draft& draft, const Spot& spot, const std::string& text) {
  auto mailbox = parse_mailbox(text);
  if (mailbox) return *std::move(mailbox);
  draft.log.add(spot, mailbox.error().what);
  return std::nullopt;
}

/// smtps:// is implicit, smtp:// is STARTTLS unless `tls` says otherwise.
notify::MailTls tls_of(Draft& draft, bool is_implicit) {
  const Address* given = text_at(draft, "tls");
  const auto otherwise = is_implicit ? notify::MailTls::kImplicit : notify::MailTls::kStarttls;
  if (given == nullptr) return otherwise;
  const auto found = std::find(kTlsWords.begin(), kTlsWords.end(), given->text);
  if (found == kTlsWords.end()) {
    draft.log.add(given->spot, "must be starttls, implicit or none");
    return otherwise;
  }
  const auto tls = static_cast<notify::MailTls>(found - kTlsWords.begin());
  if (is_implicit && tls != notify::MailTls::kImplicit) {
    draft.log.add(given->spot, "does not go with smtps://, which is implicit TLS: write smtp:// there");
  }
  return tls;
}

void read_server(Draft& draft, notify::Email& email) {
  const Address* address = text_at(draft, "smtp");
  if (address == nullptr) return;
  const auto server = parse_mail_server(address->text);
  if (!server) {
    draft.log.add(address->spot, server.error().what);
    return;
  }
  email.host = server->host;
  email.port = server->port;
  email.tls = tls_of(draft, server->is_implicit_tls);
}

void finish_slack_bot(Draft& draft, const Spot& spot) {
  notify::SlackBot bot;
  bot.token = fetch_line(draft, spot, kToken);
  demand(draft, spot, "channel", "has a bot's token and no channel: add channel, such as \"#ops\"");
  bot.channel = text_or(draft, "channel", "");
  bot.api_url = checked_url(draft, "api_url", bot.api_url);
  bot.signing_secret = fetch_line(draft, spot, kSlackSigningSecret);
  add(draft, spot, std::move(bot));
}

}  // namespace

void start_channel(Draft& draft, const std::string&) { draft.channel = {}; }

bool read_channel_name(const Value& value, Draft& draft) {
  constexpr std::size_t kMaxNameBytes = 64;
  std::string name;
  if (!value.read_text(name)) return false;
  if (name.size() > kMaxNameBytes || name.find('/') != std::string::npos) {
    return value.refuse("must be a short name without '/': it is shown in messages and metrics");
  }
  const auto [other, fresh] = draft.channel_paths.emplace(name, value.spot().path);
  if (!fresh)
    return value.refuse(shown_value(name) + " is also " + other->second + ": every channel needs its own name");
  draft.channel.name = name;
  return true;
}

bool read_channel_text(const Value& value, Draft& draft) {
  std::string text;
  if (!value.read_text(text)) return false;
  draft.channel.texts[key_of(value.spot())] = Address{std::move(text), value.spot()};
  return true;
}

bool read_channel_texts(const Value& value, Draft& draft) {
  AddressList list{{}, value.spot()};
  if (!value.read_texts(list.texts)) return false;
  if (list.texts.empty()) return value.refuse("must not be empty");
  draft.channel.lists[key_of(value.spot())] = std::move(list);
  return true;
}

void finish_slack(Draft& draft, const Spot& spot) {
  const bool has_url = gives(draft, spot, kUrl);
  const bool has_token = gives(draft, spot, kToken);
  if (has_url && has_token) {
    draft.log.add(spot, "has a URL and a token: keep the URL of an incoming webhook, or the token of a bot");
    return;
  }
  if (has_token) return finish_slack_bot(draft, spot);
  for (const char* key : {"channel", "api_url"}) {
    if (is_given(draft, spot, key))
      draft.log.add(spot, std::string("has ") + key + ", which is for bots: add token_file");
  }
  if (gives(draft, spot, kSlackSigningSecret)) {
    draft.log.add(spot, "has a signing secret, which is for bots: messages of an incoming webhook have no buttons");
  }
  if (!has_url) {
    draft.log.add(
        spot, "needs the address to send to: one of url, url_file, url_env, or a bot's token_file with its channel");
  }
  add(draft, spot, notify::SlackWebhook{fetch_url(draft, spot)});
}

void finish_email(Draft& draft, const Spot& spot) {
  notify::Email email;
  demand(draft, spot, "smtp", "needs the mail server: smtp, such as smtp://mail.example:587");
  demand(draft, spot, "from", "needs the address it sends from: from");
  demand(draft, spot, "to", "needs those it sends to: to");
  read_server(draft, email);
  if (const Address* from = text_at(draft, "from")) {
    email.from = mailbox_of(draft, from->spot, from->text).value_or(notify::Mailbox{});
  }
  if (const AddressList* to = list_at(draft, "to")) {
    for (const std::string& text : to->texts) {
      if (auto mailbox = mailbox_of(draft, to->spot, text)) email.to.push_back(*std::move(mailbox));
    }
  }
  check_login(draft, spot);
  email.user = text_or(draft, "user", "");
  email.password = fetch_line(draft, spot, kPassword);
  email.tls_options.ca_file = checked_ca_file(draft);
  if (email.tls == notify::MailTls::kNone && gives(draft, spot, kPassword)) {
    draft.log.add(spot, "would send its password in the clear: set tls to starttls or implicit, or drop the password");
  }
  add(draft, spot, std::move(email));
}

void finish_pagerduty(Draft& draft, const Spot& spot) {
  notify::PagerDuty pagerduty;
  if (!gives(draft, spot, kRoutingKey)) {
    draft.log.add(spot, "needs the service's integration key: routing_key_file or routing_key_env");
  }
  pagerduty.routing_key = fetch_line(draft, spot, kRoutingKey);
  pagerduty.url = checked_url(draft, "url", pagerduty.url);
  pagerduty.webhook_secret = fetch_line(draft, spot, kPagerDutyWebhookSecret);
  add(draft, spot, std::move(pagerduty));
}

void finish_webhook(Draft& draft, const Spot& spot) {
  notify::Webhook webhook;
  if (!gives(draft, spot, kUrl)) {
    draft.log.add(spot, "needs the address to send to: one of url, url_file, url_env");
  }
  webhook.url = fetch_url(draft, spot);
  webhook.token = fetch_line(draft, spot, kToken);
  webhook.signing_secrets = fetch_lines(draft, spot, kSigningSecret);
  webhook.http.tls.ca_file = checked_ca_file(draft);
  add(draft, spot, std::move(webhook));
}

void finish_alertmanager(Draft& draft, const Spot& spot) {
  notify::Alertmanager alertmanager;
  demand(draft, spot, "urls", "needs the addresses of all members: urls, such as [http://alertmanager:9093]");
  if (const AddressList* urls = list_at(draft, "urls")) {
    for (const std::string& url : urls->texts) {
      check(draft, {url, urls->spot}, check_http_url(url));
      const std::size_t host = url.find("://") + 3;
      if (url.substr(0, url.find('/', host)).find('@') != std::string::npos) {
        draft.log.add(urls->spot, "holds a user: give it with user and password_file");
      }
    }
    alertmanager.urls = urls->texts;
  }
  check_login(draft, spot);
  alertmanager.user = text_or(draft, "user", "");
  alertmanager.password = fetch_line(draft, spot, kPassword);
  alertmanager.ca_file = checked_ca_file(draft);
  add(draft, spot, std::move(alertmanager));
}

void finish_command(Draft& draft, const Spot& spot) {
  notify::Program program;
  demand(draft, spot, "run", "needs what to run: run, such as [/usr/local/bin/page, --now]");
  if (const AddressList* run = list_at(draft, "run")) {
    if (!run->texts.front().starts_with('/')) {
      draft.log.add(run->spot, "must begin with the absolute path of a program: no shell looks for it");
    }
    program.arguments = run->texts;
  }
  add(draft, spot, std::move(program));
}

}  // namespace sonde::config
