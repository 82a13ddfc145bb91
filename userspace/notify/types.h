#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "rules/types.h"
#include "store/types.h"

namespace sonde::notify {

/// How a server's certificate is checked, and with which we show ourselves.  units: paths of files.
struct TlsOptions {
  std::string ca_file{};  ///< whom to trust in place of the system's authorities; empty: those
  std::string cert_file{};
  std::string key_file{};
  std::string server_name{};  ///< whom the certificate must be for; empty: the host of the address
  bool verifies = true;

  bool operator==(const TlsOptions&) const = default;
};

/// How a server is spoken to over HTTP, besides its address.
struct HttpOptions {
  std::string authorization{};  ///< a secret: the whole header, such as `Bearer abc`; empty: none
  std::string user{};           ///< of basic authentication; empty: none
  std::string password{};       ///< a secret
  std::string proxy_url{};      ///< a secret; empty: as the environment says
  bool follows_redirects = false;
  TlsOptions tls{};

  bool operator==(const HttpOptions&) const = default;
};

/// Slack through an incoming webhook: messages only, which nothing can be added to afterwards.
struct SlackWebhook {
  std::string url;  ///< a secret
  HttpOptions http{};
};

/// Slack through a bot: an incident is one message that is kept up to date, with a thread below it.
struct SlackBot {
  std::string token;    ///< a secret
  std::string channel;  ///< its id, or #name
  std::string api_url = "https://slack.com/api";
  std::string signing_secret{};  ///< a secret: of the application, which signs what its buttons send; empty: no buttons
  HttpOptions http{};
};

/// Anything that understands the body of Alertmanager's webhook, version 4.
struct Webhook {
  std::string url;                             ///< a secret
  std::string token{};                         ///< a secret: of an Authorization header; empty: none
  std::vector<std::string> signing_secrets{};  ///< each signs every message; two while one replaces the other
  std::size_t max_alerts = 0;                  ///< of one message, which says how many it leaves out; 0: all of them
  HttpOptions http{};
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
  std::string identity{};  ///< whom to act for; empty: the user
  std::string hello{};     ///< what we call ourselves; empty: the host's name
  TlsOptions tls_options{};
  Mailbox from{};
  std::vector<Mailbox> to{};
};

/// PagerDuty's Events API, version 2.
struct PagerDuty {
  std::string routing_key;  ///< a secret
  std::string url = "https://events.pagerduty.com/v2/enqueue";
  std::string webhook_secret{};  ///< a secret: signs what PagerDuty tells us; empty: it tells us nothing
  HttpOptions http{};
};

/// Alertmanagers, all of which are told: they settle among themselves who notifies.
struct Alertmanager {
  std::vector<std::string> urls;
  std::string user{};
  std::string password{};  ///< a secret
  std::string ca_file{};   ///< as of TlsOptions
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
  bool send_resolved = true;  ///< false: it does not hear that something is over
  /// What its messages say in the operator's words, as templates, by Alertmanager's name of the field: `title`, `text`;
  /// of a mail's headers `headers.Subject`, of PagerDuty's details `details.KEY`.
  std::map<std::string, std::string> texts{};
};

/// An alert of a message.
struct AlertLine {
  bool firing = true;
  store::Labels labels;  ///< sorted, with alertname and severity
  std::vector<measure::Label> annotations;
  double value = 0;
  WallTime started_at;
  std::optional<WallTime> ended_at{};
  std::string reason{};  ///< as of Notification
  std::string generator_url{};

  bool operator==(const AlertLine&) const = default;
};

enum class MessageKind : std::uint8_t {
  kFiring,
  kUpdate,  ///< other alerts, or a higher severity
  kRepeat,  ///< still
  kResolved,
  kAcknowledged,  ///< somebody has taken it on
  kNoticed,       ///< assigned or noted: nothing that changes a state
};

constexpr std::string_view name_of(MessageKind kind) {
  switch (kind) {
    case MessageKind::kFiring:
      return "firing";
    case MessageKind::kUpdate:
      return "update";
    case MessageKind::kRepeat:
      return "repeat";
    case MessageKind::kResolved:
      return "resolved";
    case MessageKind::kAcknowledged:
      return "acknowledged";
    case MessageKind::kNoticed:
      return "noticed";
  }
  std::abort();
}

/// One message about one incident, for every channel. What it says of one alert is of the worst that fires, or, of a
/// resolved one, of the worst that did; `alerts` has them all.
struct Notification {
  MessageKind kind = MessageKind::kFiring;
  std::int64_t incident = 0;     ///< 0: of none, a test
  std::uint32_t occurrence = 1;  ///< of the incident
  std::uint64_t number = 1;      ///< of the message, within the incident
  std::string receiver{};
  std::string group_key{};
  store::Labels group_labels{};
  std::vector<AlertLine> alerts{};  ///< those that fire first, the worst first
  std::string actor{};              ///< who acknowledged, assigned, noted or resolved it; empty: Sonde itself
  std::string assignee{};
  std::string incident_url{};  ///< empty if this daemon has no address that people can open
  bool firing = true;          ///< false: resolved
  bool test = false;           ///< somebody tries a channel: nothing has happened
  bool notice = false;         ///< something people should know, which is no alert and needs no answer
  bool unanswered = false;     ///< it fires, and nobody has taken it on yet
  std::string rule;            ///< the alert's name
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

/// Whom a route names: each of the channels is told.
struct Receiver {
  std::string name;
  std::vector<std::string> channels;  ///< by name
  std::string escalation{};           ///< the policy by which people are called, too; empty: by matchers

  bool operator==(const Receiver&) const = default;
};

enum class DeliveryState : std::uint8_t {
  kQueued,
  kLeased,     ///< on its way
  kRetryWait,  ///< certainly not delivered; tried again
  kUnknown,    ///< it may have arrived; tried again
  kSent,
  kDead,        ///< given up
  kCancelled,   ///< not worth sending any more
  kSuperseded,  ///< a newer message says it
};

constexpr std::string_view name_of(DeliveryState state) {
  switch (state) {
    case DeliveryState::kQueued:
      return "queued";
    case DeliveryState::kLeased:
      return "leased";
    case DeliveryState::kRetryWait:
      return "waiting";
    case DeliveryState::kUnknown:
      return "unknown";
    case DeliveryState::kSent:
      return "sent";
    case DeliveryState::kDead:
      return "dead";
    case DeliveryState::kCancelled:
      return "cancelled";
    case DeliveryState::kSuperseded:
      return "superseded";
  }
  std::abort();
}

/// A message to one channel, from when it is due until its fate is known, as it is kept over restarts.
struct Delivery {
  std::string id;  ///< delivery_id(): receivers that must not act twice see it
  std::string channel;
  std::shared_ptr<const Notification> notification;
  DeliveryState state = DeliveryState::kQueued;
  std::uint32_t attempts = 0;   ///< those that count
  std::uint32_t uncertain = 0;  ///< of them, those that may have arrived
  WallTime created_at;
  WallTime due_at;                       ///< not before
  WallTime expires_at;                   ///< given up then
  WallTime ended_at;                     ///< meaningless before
  std::vector<std::string> remaining{};  ///< who is left for another attempt; empty: everybody
  Receipt receipt{};
  std::string last_error{};  ///< holds no secret
  std::string instead_of{};  ///< the channel that is dead, whose message this is; empty: its own
};

/// That a channel has heard of an occurrence of an incident.
struct Told {
  std::int64_t incident = 0;
  std::uint32_t occurrence = 1;
  std::string channel;
  bool surely = false;                         ///< false: a message may have arrived
  std::uint64_t number = 0;                    ///< of the last message that arrived, or may have
  Receipt receipt{};                           ///< of the last message that arrived and has one
  std::string last_delivery{};                 ///< the id of the last that surely arrived; empty: none
  std::shared_ptr<const Notification> last{};  ///< what it said; may be null
};

/// A step of a delivery, as it is kept: all of it or nothing.
struct DeliveryRecord {
  Delivery delivery;
  std::optional<Told> told{};  ///< as it is from then on; nothing: see `untold`
  bool untold = false;         ///< the channel has certainly not heard of the occurrence; else that is as before
};

struct NotifyOptions {
  std::vector<Channel> channels;
  std::vector<Receiver> receivers{};  ///< whom routes name
  std::string fallback{};             ///< the channel that is told what another could not be; empty: none
  std::string external_url{};         ///< where people reach this daemon; empty: its listening address
  std::uint32_t max_per_hour = 60;    ///< messages to one channel, before what is not critical becomes a digest; 0: any
  std::string runbook_base;           ///< put before runbooks that are no URL; may be empty
  std::chrono::nanoseconds timeout = std::chrono::seconds{10};     ///< of one attempt
  std::chrono::nanoseconds first_retry = std::chrono::seconds{1};  ///< doubled each time, with jitter
  std::chrono::nanoseconds longest_retry = std::chrono::minutes{5};
  std::chrono::nanoseconds give_up_after = std::chrono::hours{24};  ///< of what resolves, and of notices: twice that
  std::size_t max_queued = 10'000;
  std::chrono::nanoseconds link_lifetime = std::chrono::hours{24};  ///< of links that acknowledge
};

/// Since the start, per channel.
struct DeliveryCounters {
  std::string channel;
  std::uint64_t delivered = 0;
  std::uint64_t retries = 0;
  std::uint64_t failed = 0;      ///< given up: refused for good, expired, or the queue was full
  std::uint64_t queued = 0;      ///< waiting now
  std::string last_error;        ///< empty if the last attempt succeeded; holds no secret
  std::uint64_t cancelled = 0;   ///< not worth sending any more
  std::uint64_t superseded = 0;  ///< said by a newer message, or in a digest
  std::uint64_t diverted = 0;    ///< of the failed and cancelled: handed to the fallback
  std::uint64_t retrying = 0;    ///< of the queued: certainly not delivered so far
  std::uint64_t unknown = 0;     ///< of the queued: may have arrived
  bool is_broken = false;        ///< several messages have failed in a row: only one is tried at a time
};

}  // namespace sonde::notify
