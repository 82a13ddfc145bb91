#include "notify/channel_text.h"

#include <algorithm>
#include <variant>

namespace sonde::notify {
namespace {

/// The path of a URL can be its secret, and so can what stands before an @.
std::string host_of(const std::string& url) {
  const std::size_t scheme = url.find("://");
  const std::size_t start = scheme == std::string::npos ? 0 : scheme + 3;
  std::string host = url.substr(start, url.find_first_of("/?#", start) - start);
  const std::size_t at = host.rfind('@');
  return at == std::string::npos ? host : host.substr(at + 1);
}

std::string_view tls_of(MailTls tls) {
  switch (tls) {
    case MailTls::kStarttls:
      return "STARTTLS";
    case MailTls::kImplicit:
      return "implicit TLS";
    case MailTls::kNone:
      return "in the clear";
  }
  return {};
}

template <class Texts, class Show>
std::string list_of(const Texts& texts, Show show) {
  std::string list;
  for (const auto& text : texts) list += (list.empty() ? "" : ", ") + show(text);
  return list;
}

/// One word and one sentence for each alternative of Destination.
struct Kind {
  std::string_view operator()(const SlackWebhook&) const { return "slack"; }
  std::string_view operator()(const SlackBot&) const { return "slack"; }
  std::string_view operator()(const Webhook&) const { return "webhook"; }
  std::string_view operator()(const Email&) const { return "email"; }
  std::string_view operator()(const PagerDuty&) const { return "pagerduty"; }
  std::string_view operator()(const Alertmanager&) const { return "alertmanager"; }
  std::string_view operator()(const Program&) const { return "command"; }
};

struct Description {
  std::string operator()(const SlackWebhook& to) const { return "incoming webhook at " + host_of(to.url); }
  std::string operator()(const SlackBot& to) const { return "bot, channel " + to.channel; }
  std::string operator()(const Webhook& to) const {
    std::string text = host_of(to.url);
    if (!to.token.empty()) text += ", with a token";
    if (!to.signing_secrets.empty()) text += ", signed";
    return text;
  }
  std::string operator()(const Email& to) const {
    const std::string server = to.host + ":" + std::to_string(to.port) + " (" + std::string(tls_of(to.tls)) + ")";
    return list_of(to.to, [](const Mailbox& mailbox) { return mailbox.address; }) + " by " + server;
  }
  std::string operator()(const PagerDuty& to) const { return "Events API v2 at " + host_of(to.url); }
  std::string operator()(const Alertmanager& to) const { return list_of(to.urls, host_of); }
  std::string operator()(const Program& to) const {
    return to.arguments.empty() ? std::string() : to.arguments.front();
  }
};

}  // namespace

std::string_view kind_of(const Channel& channel) { return std::visit(Kind{}, channel.to); }

std::string describe(const Channel& channel) { return std::visit(Description{}, channel.to); }

}  // namespace sonde::notify
