#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "alerts/types.h"
#include "capture/types.h"
#include "host/types.h"
#include "inventory/types.h"
#include "measure/types.h"
#include "notify/types.h"
#include "oncall/types.h"
#include "probe/types.h"
#include "promql/types.h"
#include "rules/types.h"
#include "serve/types.h"
#include "store/types.h"

namespace sonde::config {

enum class LogFormat : std::uint8_t { kText, kJson };
enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarn, kError };

struct LogOptions {
  LogLevel level = LogLevel::kInfo;
  LogFormat format = LogFormat::kText;
};

/// What queries may ask of the daemon.
struct QueryOptions {
  promql::EngineOptions engine{.timeout = std::chrono::seconds{30}, .max_samples = 10'000'000};
  std::size_t max_concurrent = 8;
  bool fine_buckets = true;  ///< quantiles of Sonde's own histograms are taken from their finer buckets
};

/// The value of store.directory that keeps nothing on disk.
inline constexpr std::string_view kNoDirectory = "none";

/// One thing wrong in a configuration.  units: line and column from 1; 0 if it concerns the whole file.
struct ConfigFault {
  std::string file;
  int line = 0;
  int column = 0;
  std::string path;  ///< services[2].match.port
  std::string what;  ///< with how to mend it
};

/// Somebody who has to call every so often: a job, or another Sonde.
struct ExpectedHeartbeat {
  std::string name;
  std::chrono::nanoseconds every = std::chrono::hours{24};
  std::chrono::nanoseconds grace = std::chrono::minutes{5};  ///< so much later is not late yet
  rules::Severity severity = rules::Severity::kWarning;      ///< of the alert when it does not

  bool operator==(const ExpectedHeartbeat&) const = default;
};

/// Whom the daemon calls for as long as it really works.
struct SentHeartbeat {
  std::string url;  ///< a secret
  std::chrono::nanoseconds every = std::chrono::minutes{1};

  bool operator==(const SentHeartbeat&) const = default;
};

struct HeartbeatOptions {
  std::optional<SentHeartbeat> sent;
  std::vector<ExpectedHeartbeat> expected;

  bool operator==(const HeartbeatOptions&) const = default;
};

/// What hubs share, so that one takes over when another goes.
struct HubOptions {
  std::string store{};     ///< a connection string of libpq, without a password; empty: a file of this hub's own
  std::string password{};  ///< a secret
  std::string url{};       ///< where the other hubs reach this one; empty: the address it listens at

  bool operator==(const HubOptions&) const = default;
};

/// Everything a user can set; the defaults are what runs without a file.
struct Config {
  serve::ServerOptions server;
  capture::CaptureOptions capture;
  inventory::InventoryOptions inventory;
  host::HostOptions host;
  measure::MeasureOptions measure;
  measure::TcpOptions tcp;
  std::vector<probe::ProbeTarget> probes;
  store::StoreOptions store;
  std::optional<std::string> store_directory;  ///< none: $STATE_DIRECTORY, else /var/lib/sonde
  QueryOptions query;
  rules::RuleOptions rules;
  alerts::BookOptions alerts;
  std::string alertmanager_file;  ///< the file that says who is told, in place of this one; may be empty
  std::vector<alerts::MaintenanceWindow> maintenance;  ///< of this file, which `routing` has, too
  alerts::RoutingPlan routing;
  alerts::IncidentOptions incidents;
  oncall::Plan oncall;
  notify::NotifyOptions notify;
  HeartbeatOptions heartbeats;
  alerts::RemedyOptions remediation;
  HubOptions hub;
  LogOptions log;
  std::string shown_text;            ///< the file without its secrets; empty without a file
  std::vector<ConfigFault> notices;  ///< what of the files has no effect
};

/// A secret as a file gives it: itself, or the path of a file that holds it, never both. Neither is printed.
struct SecretSetting {
  std::string text{};
  std::string file{};
  std::string content{};  ///< of the file, where it is looked at

  [[nodiscard]] bool is_given() const { return !text.empty() || !file.empty(); }

  /// Empty if the file has not been looked at.
  [[nodiscard]] const std::string& value() const { return file.empty() ? text : content; }
  bool operator==(const SecretSetting&) const = default;
};

/// What a channel says in its own words, by Alertmanager's name of the field (title, description, ...), as templates.
using MessageTexts = std::map<std::string, std::string>;

/// How a server is spoken to over HTTP.
struct HttpClientSettings {
  std::string proxy_url;
  std::string authorization_type;  ///< such as Bearer, with `credentials`
  SecretSetting credentials;
  std::string username;  ///< with `password`: basic authentication
  SecretSetting password;
  bool follow_redirects = true;

  bool operator==(const HttpClientSettings&) const = default;
};

/// How a server's certificate is checked, and with which we show ourselves.  units: paths of files.
struct TlsSettings {
  std::string ca_file;
  std::string cert_file;
  std::string key_file;
  std::string server_name;
  bool insecure_skip_verify = false;

  bool operator==(const TlsSettings&) const = default;
};

struct SlackSettings {
  SecretSetting url;  ///< `api_url`
  std::string channel;
  std::string username;
  HttpClientSettings http;
  TlsSettings tls;
  bool send_resolved = false;
  MessageTexts texts;

  bool operator==(const SlackSettings&) const = default;
};

struct EmailSettings {
  std::string to;
  std::string from;
  std::string smarthost;  ///< HOST:PORT
  std::string hello = "localhost";
  std::string auth_username;
  std::string auth_identity;
  SecretSetting auth_password;
  SecretSetting auth_secret;  ///< of CRAM-MD5
  std::map<std::string, std::string> headers;
  bool require_tls = true;
  TlsSettings tls;
  bool send_resolved = false;
  MessageTexts texts;

  bool operator==(const EmailSettings&) const = default;
};

struct PagerdutySettings {
  SecretSetting routing_key;  ///< of Events API v2
  SecretSetting service_key;  ///< of the older API, if there is no routing_key
  std::string url = "https://events.pagerduty.com/v2/enqueue";
  HttpClientSettings http;
  TlsSettings tls;
  bool send_resolved = true;
  std::map<std::string, std::string> details;
  MessageTexts texts;

  bool operator==(const PagerdutySettings&) const = default;
};

struct WebhookSettings {
  SecretSetting url;
  std::uint64_t max_alerts = 0;  ///< 0: all
  HttpClientSettings http;
  TlsSettings tls;
  bool send_resolved = true;

  bool operator==(const WebhookSettings&) const = default;
};

/// One way in which a receiver is told.
using ChannelSettings = std::variant<SlackSettings, EmailSettings, PagerdutySettings, WebhookSettings>;

/// Whom a route names: all of the channels are told.
struct Receiver {
  std::string name;
  std::vector<ChannelSettings> channels;
  std::vector<std::string> channel_names;  ///< of channels that Sonde's own file describes elsewhere
  std::vector<std::string> unsupported;  ///< kinds of channels it has in the file that Sonde does not: opsgenie_configs
  std::string escalation{};              ///< a policy of `oncall`, in Sonde's own file

  bool operator==(const Receiver&) const = default;
};

/// Who is told of which alert, and when not: what an alertmanager.yml says.
struct Routing {
  alerts::Route root;
  std::vector<Receiver> receivers;
  std::vector<alerts::InhibitRule> inhibit_rules;
  std::vector<alerts::NamedTimeInterval> time_intervals;
  std::vector<alerts::MaintenanceWindow> maintenance;  ///< Sonde's own

  bool operator==(const Routing&) const = default;
};

/// A routing, and what of its file has no effect here.
struct RoutingFile {
  Routing routing;
  std::vector<ConfigFault> notices;  ///< in the file's order
};

}  // namespace sonde::config
