#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "config/types.h"

namespace sonde::cli {

/// Where a running daemon listens, and what is shown to one that wants to know who asks.
struct DaemonAddress {
  std::string host = "127.0.0.1";  ///< a name, an IPv4 address, or an IPv6 address without brackets
  std::uint16_t port = 10977;
  std::string token_file{};  ///< of a bearer token, read when it is needed; empty: nothing is shown
};

enum class OutputFormat : std::uint8_t { kTable, kJson };
enum class RowsFormat : std::uint8_t { kTable, kJson, kCsv };
enum class DocumentFormat : std::uint8_t { kTable, kJson, kMarkdown };

/// A time as it is asked for: a moment, or so long before now.
using Moment = std::variant<WallTime, std::chrono::nanoseconds>;

/// One number Sonde knows of a service over a window, in the order it is shown.
enum class Figure : std::uint8_t { kRequests, kRate, kP50, kP95, kP99, kClientErrors, kErrors, kCount };

/// `sonde run` and `sonde hub`: what is given here wins over the configuration file.
struct RunCommand {
  std::optional<std::string> config;
  std::vector<std::string> only;  ///< as typed: port:443, pid:12, cgroup:/PATH, process:NAME
  std::optional<std::string> listen;
  std::optional<config::LogLevel> log_level;
  std::optional<config::LogFormat> log_format;
  bool is_hub = false;  ///< `hub`: pages for other hosts and measures none
};

/// `sonde check FILE`
struct CheckCommand {
  std::string path;
};

/// `sonde doctor`
struct DoctorCommand {
  std::optional<std::string> config;
  OutputFormat output = OutputFormat::kTable;
};

/// `sonde top`
struct TopCommand {
  DaemonAddress address;
  bool once = false;
  std::chrono::nanoseconds window = std::chrono::minutes{1};
  std::chrono::nanoseconds interval = std::chrono::seconds{2};
  Figure sort = Figure::kRate;
  std::size_t count = 50;
  std::optional<std::string> service;
  RowsFormat output = RowsFormat::kTable;
  bool no_color = false;  ///< also set by the environment variable NO_COLOR
};

/// How an expression is evaluated at several moments: from so long before `at` on.
struct QueryRange {
  std::chrono::nanoseconds length{0};
  std::chrono::nanoseconds step{0};
};

/// `sonde query`
struct QueryCommand {
  DaemonAddress address;
  std::string expression;
  std::optional<Moment> at;  ///< now if it is not said
  std::optional<QueryRange> range;
  std::chrono::nanoseconds timeout = std::chrono::seconds{30};
  bool exact_buckets = false;  ///< quantiles from the classic buckets alone, as Prometheus has them
  RowsFormat output = RowsFormat::kTable;
  bool no_color = false;  ///< also set by the environment variable NO_COLOR
};

/// `sonde series`
struct SeriesCommand {
  DaemonAddress address;
  std::vector<std::string> matches;  ///< never empty; a series is printed if any of them selects it
  std::chrono::nanoseconds since = std::chrono::hours{1};
  std::optional<std::size_t> count;
  bool labels = false;  ///< print the names of labels and how many values each has
  OutputFormat output = OutputFormat::kTable;
};

/// `sonde events`
struct EventsCommand {
  DaemonAddress address;
  std::chrono::nanoseconds since = std::chrono::hours{1};
  std::optional<std::string> service;
  std::size_t limit = 100;
  bool follow = false;
  OutputFormat output = OutputFormat::kTable;
  bool no_color = false;  ///< also set by the environment variable NO_COLOR
};

/// `sonde rules check`: either files or a configuration
struct RulesCheckCommand {
  std::vector<std::string> files;
  std::optional<std::string> config;
};

/// `sonde rules list`
struct RulesListCommand {
  DaemonAddress address;
  OutputFormat output = OutputFormat::kTable;
};

/// `sonde rules explain`
struct RulesExplainCommand {
  DaemonAddress address;
  std::string alert;
  OutputFormat output = OutputFormat::kTable;
};

/// `sonde rules test`
struct RulesTestCommand {
  std::vector<std::string> files;  ///< never empty
  bool judge = false;              ///< by the annotations sonde_*, too
};

/// `sonde rules backtest`
struct RulesBacktestCommand {
  std::vector<std::string> files;  ///< never empty
  DaemonAddress address;
  std::chrono::nanoseconds since = std::chrono::hours{24};
  std::optional<Moment> until;  ///< now if it is not said
  std::optional<std::chrono::nanoseconds> step;
  OutputFormat output = OutputFormat::kTable;
};

/// `sonde rules export`
struct RulesExportCommand {
  std::optional<std::string> config;
};

/// `sonde rules parameters`
struct RulesParametersCommand {
  std::optional<std::string> config;
  DocumentFormat output = DocumentFormat::kTable;
};

/// `sonde probe list`
struct ProbeListCommand {
  DaemonAddress address;
  OutputFormat output = OutputFormat::kTable;
};

/// `sonde probe run`
struct ProbeRunCommand {
  std::string target;  ///< a URL; of a configuration, a probe's name
  std::optional<std::string> config;
  OutputFormat output = OutputFormat::kTable;
};

/// `sonde routes check`
struct RoutesCheckCommand {
  std::vector<std::string> files;  ///< never empty
};

/// `sonde routes show`
struct RoutesShowCommand {
  std::string config_file;
  OutputFormat output = OutputFormat::kTable;
};

/// `sonde routes test`
struct RoutesTestCommand {
  std::string config_file;
  std::vector<std::string> labels;  ///< as typed: severity=page
  std::optional<std::string> verify_receivers;
  std::optional<Moment> at;  ///< now if it is not said
  bool tree = false;
  OutputFormat output = OutputFormat::kTable;
};

/// `sonde oncall now`
struct OncallNowCommand {
  std::string config;
  OutputFormat output = OutputFormat::kTable;
};

/// `sonde oncall who`
struct OncallWhoCommand {
  std::string config;
  Moment at;
  OutputFormat output = OutputFormat::kTable;
};

/// `sonde oncall preview`
struct OncallPreviewCommand {
  std::string config;
  std::optional<std::string> schedule;  ///< all if it is not said
  std::chrono::weeks weeks{8};
  OutputFormat output = OutputFormat::kTable;
};

/// `sonde oncall export`
struct OncallExportCommand {
  std::string config;
  std::string schedule;
  std::chrono::weeks weeks{8};
};

enum class OverrideAction : std::uint8_t { kAdd, kList, kRemove };

/// `sonde oncall override`
struct OncallOverrideCommand {
  DaemonAddress address;
  OverrideAction action = OverrideAction::kList;
  std::vector<std::string> ids{};         ///< that are taken back
  std::string schedule{};                 ///< of which somebody stands in; to list: all if it is empty
  std::string person{};                   ///< empty: nobody
  std::optional<std::string> replaces{};  ///< whose shifts; everybody's if it is not said
  std::optional<WallTime> from{};         ///< now if it is not said
  std::optional<WallTime> until{};        ///< either this or `length`
  std::chrono::nanoseconds length{0};
  std::string comment{};
  std::string author{};
  OutputFormat output = OutputFormat::kTable;
};

/// `sonde notify list`
struct NotifyListCommand {
  std::string config;
  OutputFormat output = OutputFormat::kTable;
};

/// `sonde notify test`
struct NotifyTestCommand {
  std::string channel;
  std::string config;
};

/// `sonde alerts list`
struct AlertsListCommand {
  DaemonAddress address;
  bool all = false;  ///< also those that are over
  std::size_t count = 50;
  OutputFormat output = OutputFormat::kTable;
  bool no_color = false;  ///< also set by the environment variable NO_COLOR
};

/// `sonde alerts show`
struct AlertsShowCommand {
  DaemonAddress address;
  std::uint64_t incident = 0;
  OutputFormat output = OutputFormat::kTable;
  bool no_color = false;  ///< also set by the environment variable NO_COLOR
};

/// `sonde alerts ack`, `unack`, `snooze`, `resolve`, `note`, `assign`, `merge` and `escalate`.
struct AlertsOrderCommand {
  DaemonAddress address;
  std::string order;  ///< as the API calls it: acknowledge, unacknowledge, snooze, resolve, note, assign, merge,
                      ///< escalate
  std::uint64_t incident = 0;
  std::string author;
  std::string note;                                ///< may be empty
  std::optional<std::chrono::nanoseconds> length;  ///< of a snooze or an acknowledgement
  bool renew = false;
  std::string to;          ///< of assign
  std::uint64_t into = 0;  ///< of merge
  std::optional<std::uint64_t> version;
  OutputFormat output = OutputFormat::kTable;
};

/// `sonde incidents review`: what is not said stays as it was
struct IncidentReviewCommand {
  DaemonAddress address;
  std::uint64_t incident = 0;
  std::string author;
  std::optional<std::string> cause;
  std::optional<std::string> action;
  std::optional<std::string> verdict;  ///< as the API calls it
  std::optional<std::string> follow_up;
  bool fixed = false;
  OutputFormat output = OutputFormat::kTable;
};

/// `sonde incidents report`
struct IncidentReportCommand {
  DaemonAddress address;
  std::chrono::nanoseconds since = std::chrono::hours{24 * 30};
  std::string by = "rule";  ///< as the API calls it
  std::string zone;         ///< IANA name; empty: UTC
  RowsFormat output = RowsFormat::kTable;
};

/// `sonde silence add`
struct SilenceAddCommand {
  DaemonAddress address;
  std::vector<std::string> matchers;  ///< as typed: never empty
  std::string author;
  std::string comment;
  std::optional<WallTime> start;  ///< now if it is not said
  std::chrono::nanoseconds length = std::chrono::hours{1};
  OutputFormat output = OutputFormat::kTable;
};

/// `sonde silence list`
struct SilenceListCommand {
  DaemonAddress address;
  std::vector<std::string> matchers;  ///< only silences for which they hold
  bool all = false;                   ///< also those that have expired
  OutputFormat output = OutputFormat::kTable;
  bool no_color = false;  ///< also set by the environment variable NO_COLOR
};

/// `sonde silence expire`
struct SilenceExpireCommand {
  DaemonAddress address;
  std::vector<std::string> ids;  ///< never empty
};

/// `sonde silence preview`
struct SilencePreviewCommand {
  DaemonAddress address;
  std::vector<std::string> matchers;  ///< never empty
  OutputFormat output = OutputFormat::kTable;
};

/// `sonde deliveries list`
struct DeliveriesListCommand {
  DaemonAddress address;
  std::optional<std::string> state;  ///< as the API calls it
  std::optional<std::uint64_t> incident;
  std::size_t count = 50;
  OutputFormat output = OutputFormat::kTable;
  bool no_color = false;  ///< also set by the environment variable NO_COLOR
};

/// `sonde deliveries retry`
struct DeliveriesRetryCommand {
  DaemonAddress address;
  std::vector<std::string> ids;  ///< never empty
};

/// `sonde --version`
struct VersionCommand {};

using Command =
    std::variant<RunCommand, CheckCommand, DoctorCommand, TopCommand, QueryCommand, SeriesCommand, EventsCommand,
                 RulesCheckCommand, RulesListCommand, RulesExplainCommand, RulesTestCommand, RulesBacktestCommand,
                 RulesExportCommand, RulesParametersCommand, ProbeListCommand, ProbeRunCommand, RoutesCheckCommand,
                 RoutesShowCommand, RoutesTestCommand, OncallNowCommand, OncallWhoCommand, OncallPreviewCommand,
                 OncallExportCommand, OncallOverrideCommand, NotifyListCommand, NotifyTestCommand, AlertsListCommand,
                 AlertsShowCommand, AlertsOrderCommand, IncidentReviewCommand, IncidentReportCommand, SilenceAddCommand,
                 SilenceListCommand, SilenceExpireCommand, SilencePreviewCommand, DeliveriesListCommand,
                 DeliveriesRetryCommand, VersionCommand>;

}  // namespace sonde::cli
