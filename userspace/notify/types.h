#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "rules/types.h"

namespace sonde::notify {

/// Slack through an incoming webhook: messages only, which nothing can be added to afterwards.
struct SlackWebhook {
  std::string url;  ///< a secret
};

/// Slack through a bot: an incident is one message that is kept up to date, with a thread below it.
struct SlackBot {
  std::string token;    ///< a secret
  std::string channel;  ///< its id, or #name
  std::string api_url = "https://slack.com/api";
};

/// Anything that understands the body of Alertmanager's webhook, version 4.
struct Webhook {
  std::string url;                             ///< a secret
  std::string token{};                         ///< a secret: of an Authorization header; empty: none
  std::vector<std::string> signing_secrets{};  ///< each signs every message; two while one replaces the other
  std::string ca_file{};                       ///< whom to trust in place of the system's authorities; empty: those
};

enum class MailTls : std::uint8_t { kStarttls, kImplicit, kNone };

/// `name <address>`, the name empty or a text for people.
struct Mailbox {
  std::string name{};
  std::string address;

  bool operator==(const Mailbox&) const = default;
};

/// Mail over SMTP.
struct Email {
  std::string host;
  std::uint16_t port = 587;
  MailTls tls = MailTls::kStarttls;
  std::string user{};
  std::string password{};  ///< a secret
  std::string ca_file{};   ///< as of Webhook
  Mailbox from{};
  std::vector<Mailbox> to{};
};

/// PagerDuty's Events API, version 2.
struct PagerDuty {
  std::string routing_key;  ///< a secret
  std::string url = "https://events.pagerduty.com/v2/enqueue";
};

/// Alertmanagers, all of which are told: they settle among themselves who notifies.
struct Alertmanager {
  std::vector<std::string> urls;
  std::string user{};
  std::string password{};  ///< a secret
  std::string ca_file{};   ///< as of Webhook
};

/// A program of the operator's own, started without a shell.
struct Program {
  std::vector<std::string> arguments;  ///< the first is its absolute path
};

using Destination = std::variant<SlackWebhook, SlackBot, Webhook, Email, PagerDuty, Alertmanager, Program>;

/// Where messages go. What is called a secret is never logged or served.
struct Channel {
  std::string name;
  Destination to;
};

/// One message about one alert, for every channel.
struct Notification {
  bool firing = true;  ///< false: resolved
  bool test = false;   ///< somebody tries a channel: nothing has happened
  std::string rule;    ///< the alert's name
  rules::Severity severity = rules::Severity::kWarning;
  std::string service;  ///< may be empty: it is about the host
  std::string host;
  std::vector<measure::Label> labels;  ///< the alert's, with alertname and severity
  std::string reason;                  ///< why it is told now: "severity up", "flapping"; of resolved: how it ended
  std::string summary;
  std::string description;
  std::string runbook_url;
  std::string acknowledge_url;  ///< empty as long as nothing can be acknowledged
  double value = 0;
  WallTime started_at;    ///< first breach
  WallTime at;            ///< when it fired or resolved
  std::string dedup_key;  ///< the same for firing and resolved of one occurrence
  /// What happened around it, the newest first: "18:42:14 nginx (pid 812) was killed by SIGSEGV".  units: UTC.
  std::vector<std::string> evidence;
};

/// What a receiver calls a message, for those that come after it.
struct Receipt {
  std::string id;     ///< Slack: `ts` of the incident's first message; PagerDuty: dedup_key; mail: Message-ID
  std::string place;  ///< Slack: id of the channel
  std::string reply;  ///< its answer in a few words, without a secret

  bool operator==(const Receipt&) const = default;
};

struct NotifyOptions {
  std::vector<Channel> channels;
  std::string runbook_base;                                     ///< put before runbooks that are no URL; may be empty
  std::chrono::nanoseconds timeout = std::chrono::seconds{10};  ///< of one attempt
  std::chrono::nanoseconds first_retry = std::chrono::seconds{1};  ///< doubled each time, with jitter
  std::chrono::nanoseconds longest_retry = std::chrono::minutes{5};
  std::chrono::nanoseconds give_up_after = std::chrono::hours{6};
  std::size_t max_queued = 10'000;
};

/// Since the start, per channel.
struct DeliveryCounters {
  std::string channel;
  std::uint64_t delivered = 0;
  std::uint64_t retries = 0;
  std::uint64_t failed = 0;  ///< given up: refused for good, expired, or the queue was full
  std::uint64_t queued = 0;  ///< waiting now
  std::string last_error;    ///< empty if the last attempt succeeded; holds no secret
};

}  // namespace sonde::notify
