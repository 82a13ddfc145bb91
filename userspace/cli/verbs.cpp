#include "cli/verbs.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <utility>

#include "cli/alerts_verbs.h"
#include "cli/deliveries_verbs.h"
#include "cli/figures.h"
#include "cli/incidents_verbs.h"
#include "cli/moment.h"
#include "cli/notify_verbs.h"
#include "cli/oncall_verbs.h"
#include "cli/probe_verbs.h"
#include "cli/routes_verbs.h"
#include "cli/rules_verbs.h"
#include "cli/silence_verbs.h"
#include "cli/verb_values.h"

namespace sonde::cli {
namespace {

using std::chrono::nanoseconds;

constexpr std::array kLevels{Choice<config::LogLevel>{"debug", config::LogLevel::kDebug},
                             Choice<config::LogLevel>{"info", config::LogLevel::kInfo},
                             Choice<config::LogLevel>{"warn", config::LogLevel::kWarn},
                             Choice<config::LogLevel>{"error", config::LogLevel::kError}};
constexpr std::array kLogFormats{Choice<config::LogFormat>{"text", config::LogFormat::kText},
                                 Choice<config::LogFormat>{"json", config::LogFormat::kJson}};

Result<Figure> read_figure(const std::string& place, const std::string& word) {
  const std::optional<Figure> figure = find_figure(word);
  if (figure) return *figure;
  std::vector<std::string> known;
  for (const FigureSpec& spec : kFigures) known.emplace_back(spec.word);
  return no_such_word(place, word, known);
}

Result<Command> read_run(const RawArguments& raw) {
  RunCommand command;
  command.config = raw.config;
  command.only = raw.only;
  command.listen = raw.listen;
  if (raw.log_level) command.log_level = SONDE_TRY(read_choice("--log-level", *raw.log_level, kLevels));
  if (raw.log_format) command.log_format = SONDE_TRY(read_choice("--log-format", *raw.log_format, kLogFormats));
  return Command{std::move(command)};
}

Result<Command> read_hub(const RawArguments& raw) {
  Command command = SONDE_TRY(read_run(raw));
  std::get<RunCommand>(command).is_hub = true;
  return command;
}

Result<Command> read_check(const RawArguments& raw) { return Command{CheckCommand{raw.file.value_or("")}}; }

Result<Command> read_doctor(const RawArguments& raw) {
  DoctorCommand command;
  command.config = raw.config;
  if (raw.output) command.output = SONDE_TRY(read_choice("--output", *raw.output, kOutputs));
  return Command{std::move(command)};
}

Result<Command> read_top(const RawArguments& raw) {
  TopCommand command;
  command.address = SONDE_TRY(read_address(raw));
  command.once = raw.once;
  command.service = raw.service;
  if (raw.window) command.window = SONDE_TRY(read_duration("--window", *raw.window, std::chrono::seconds{1}));
  if (raw.interval) {
    command.interval = SONDE_TRY(read_duration("--interval", *raw.interval, std::chrono::milliseconds{100}));
  }
  if (raw.sort) command.sort = SONDE_TRY(read_figure("--sort", *raw.sort));
  if (raw.count) command.count = SONDE_TRY(read_count("--count", *raw.count));
  if (raw.output) command.output = SONDE_TRY(read_choice("--output", *raw.output, kRowsOutputs));
  command.no_color = is_without_color(raw);
  return Command{command};
}

/// About sixty values, at whole seconds.
nanoseconds fitting_step(nanoseconds range) {
  constexpr std::int64_t kValues = 60;
  return std::max<nanoseconds>(std::chrono::ceil<std::chrono::seconds>(range / kValues), std::chrono::seconds{1});
}

Result<std::optional<QueryRange>> read_range(const RawArguments& raw) {
  if (!raw.range && raw.step) return Error{Code::kBadInput, "--step needs --range, as in `--range 1h --step 15s`"};
  if (!raw.range) return std::optional<QueryRange>{};
  QueryRange range;
  range.length = SONDE_TRY(read_duration("--range", *raw.range, std::chrono::milliseconds{1}));
  range.step = fitting_step(range.length);
  if (raw.step) range.step = SONDE_TRY(read_duration("--step", *raw.step, std::chrono::milliseconds{1}));
  return std::optional<QueryRange>{range};
}

Result<Command> read_query(const RawArguments& raw) {
  QueryCommand command;
  command.address = SONDE_TRY(read_address(raw));
  command.expression = raw.expression.value_or("");
  if (raw.at) {
    auto at = parse_moment(*raw.at);
    if (!at) return std::move(at).error().with("--at");
    command.at = *at;
  }
  command.range = SONDE_TRY(read_range(raw));
  if (raw.timeout) {
    command.timeout = SONDE_TRY(read_duration("--timeout", *raw.timeout, std::chrono::milliseconds{1}));
  }
  command.exact_buckets = raw.exact_buckets;
  if (raw.output) command.output = SONDE_TRY(read_choice("--output", *raw.output, kRowsOutputs));
  command.no_color = is_without_color(raw);
  return Command{std::move(command)};
}

Result<Command> read_series(const RawArguments& raw) {
  SeriesCommand command;
  command.address = SONDE_TRY(read_address(raw));
  command.matches = raw.matches;
  if (raw.since) command.since = SONDE_TRY(read_duration("--since", *raw.since, std::chrono::seconds{1}));
  if (raw.count) command.count = SONDE_TRY(read_count("--count", *raw.count));
  command.labels = raw.labels;
  if (command.labels && command.count) return Error{Code::kBadInput, "--count does not go with --labels"};
  if (raw.output) command.output = SONDE_TRY(read_choice("--output", *raw.output, kOutputs));
  return Command{std::move(command)};
}

Result<Command> read_events(const RawArguments& raw) {
  constexpr std::size_t kMostEvents = 10'000;  // the daemon gives no more at once
  EventsCommand command;
  command.address = SONDE_TRY(read_address(raw));
  command.service = raw.service;
  command.follow = raw.follow;
  if (raw.since) command.since = SONDE_TRY(read_duration("--since", *raw.since, std::chrono::seconds{1}));
  if (raw.limit) command.limit = SONDE_TRY(read_count("--limit", *raw.limit, kMostEvents));
  if (raw.output) command.output = SONDE_TRY(read_choice("--output", *raw.output, kOutputs));
  command.no_color = is_without_color(raw);
  return Command{std::move(command)};
}

using Raw = RawArguments;

constexpr ArgumentSpec kService{
    .name = "--service", .value = "NAME", .description = "only this service", .one = &Raw::service};

constexpr ArgumentSpec kListen{.name = "--listen",
                               .value = "HOST:PORT",
                               .description = "where to serve (default 127.0.0.1:10977)",
                               .one = &Raw::listen};
constexpr ArgumentSpec kLogLevel{.name = "--log-level",
                                 .value = "LEVEL",
                                 .description = "debug, info (default), warn or error",
                                 .one = &Raw::log_level};
constexpr ArgumentSpec kLogFormat{
    .name = "--log-format", .value = "FORMAT", .description = "text (default) or json", .one = &Raw::log_format};

constexpr std::array kRunArguments{
    ArgumentSpec{
        .name = "--config", .value = "FILE", .description = "configuration; none is needed", .one = &Raw::config},
    ArgumentSpec{.name = "--only",
                 .value = "ITEM",
                 .description = "measure only port:N, pid:N, cgroup:PATH or process:NAME; may be repeated",
                 .many = &Raw::only},
    kListen, kLogLevel, kLogFormat};

constexpr std::array kHubArguments{
    ArgumentSpec{
        .name = "--config", .value = "FILE", .description = "configuration; none is needed", .one = &Raw::config},
    kListen, kLogLevel, kLogFormat};

constexpr std::array kCheckArguments{ArgumentSpec{
    .name = "FILE", .value = "FILE", .description = "the configuration file", .one = &Raw::file, .required = true}};

constexpr std::array kDoctorArguments{ArgumentSpec{.name = "--config",
                                                   .value = "FILE",
                                                   .description = "examine what this configuration needs",
                                                   .one = &Raw::config},
                                      kOutput};

constexpr std::array kTopArguments{
    kAddress,
    ArgumentSpec{.name = "--once", .description = "print one table and leave", .flag = &Raw::once},
    ArgumentSpec{
        .name = "--window", .value = "TIME", .description = "how far to look back (default 1m)", .one = &Raw::window},
    ArgumentSpec{.name = "--interval",
                 .value = "TIME",
                 .description = "time between refreshes (default 2s)",
                 .one = &Raw::interval},
    ArgumentSpec{.name = "--sort",
                 .value = "FIGURE",
                 .description = "rate (default), requests, p50, p95, p99, client_errors or errors",
                 .one = &Raw::sort},
    ArgumentSpec{.name = "--count", .value = "N", .description = "services at most (default 50)", .one = &Raw::count},
    kService,
    kRowsOutput,
    kNoColor};

constexpr std::array kQueryArguments{
    ArgumentSpec{.name = "EXPR",
                 .value = "EXPR",
                 .description = "an expression in PromQL",
                 .one = &Raw::expression,
                 .required = true},
    kAddress,
    ArgumentSpec{.name = "--at",
                 .value = "TIME",
                 .description = "RFC 3339, unix seconds, now (default), or 15m for so long ago",
                 .one = &Raw::at},
    ArgumentSpec{.name = "--range",
                 .value = "TIME",
                 .description = "evaluate again and again, from so long before --at on",
                 .one = &Raw::range},
    ArgumentSpec{.name = "--step",
                 .value = "TIME",
                 .description = "time between two values of a range (default: for about 60)",
                 .one = &Raw::step},
    ArgumentSpec{.name = "--timeout",
                 .value = "TIME",
                 .description = "how long it may take (default 30s)",
                 .one = &Raw::timeout},
    ArgumentSpec{.name = "--exact-buckets",
                 .description = "quantiles from the classic buckets alone, as Prometheus has them",
                 .flag = &Raw::exact_buckets},
    kRowsOutput,
    kNoColor};

constexpr std::array kSeriesArguments{
    ArgumentSpec{.name = "MATCH",
                 .value = "MATCH",
                 .description = "selectors, such as up or '{service_name=\"nginx\"}'",
                 .many = &Raw::matches,
                 .required = true},
    kAddress,
    ArgumentSpec{
        .name = "--since", .value = "TIME", .description = "how far to look back (default 1h)", .one = &Raw::since},
    ArgumentSpec{.name = "--count", .value = "N", .description = "so many at most (default all)", .one = &Raw::count},
    ArgumentSpec{.name = "--labels",
                 .description = "the names of the labels and how many values each has",
                 .flag = &Raw::labels},
    kOutput};

constexpr std::array kEventsArguments{
    kAddress,
    ArgumentSpec{
        .name = "--since", .value = "TIME", .description = "how far to look back (default 1h)", .one = &Raw::since},
    kService,
    ArgumentSpec{
        .name = "--limit", .value = "N", .description = "the newest so many (default 100)", .one = &Raw::limit},
    ArgumentSpec{.name = "--follow", .description = "go on until Ctrl-C", .flag = &Raw::follow},
    kOutput,
    kNoColor};

constexpr std::array kVerbs{
    VerbSpec{"run", "Measure this host and serve the results", kRunArguments,
             "  sudo sonde run\n"
             "  sudo sonde run --config /etc/sonde/sonde.yaml\n"
             "  sudo sonde run --only port:8080 --only process:nginx",
             &read_run},
    VerbSpec{"hub", "Take alerts from other hosts and page for them, without measuring this one", kHubArguments,
             "  sonde hub --config /etc/sonde/hub.yaml --listen 127.0.0.1:10977", &read_hub},
    VerbSpec{"check", "Check a configuration file and name every fault in it", kCheckArguments,
             "  sonde check /etc/sonde/sonde.yaml", &read_check},
    VerbSpec{"doctor", "Say what Sonde can measure on this host, what it cannot, and how to mend that",
             kDoctorArguments,
             "  sudo sonde doctor\n"
             "  sudo sonde doctor --output json",
             &read_doctor},
    VerbSpec{"top", "Watch the services of a running daemon; q or Ctrl-C leaves", kTopArguments,
             "  sonde top\n"
             "  sonde top --window 5m --sort p99\n"
             "  sonde top --once --service nginx --output csv",
             &read_top},
    VerbSpec{"query", "Ask a running daemon in PromQL", kQueryArguments,
             "  sonde query 'sum by (service_name) (rate(http_server_request_duration_seconds_count[5m]))'\n"
             "  sonde query sonde_series --range 1h --step 15s\n"
             "  sonde query sonde_series --at 2026-03-01T14:03:07Z --output csv",
             &read_query, "quote an expression that has blanks; `sonde top --once` prints the figures of services"},
    VerbSpec{"series", "List the series that a running daemon keeps", kSeriesArguments,
             "  sonde series http_server_request_duration_seconds_count\n"
             "  sonde series '{service_name=\"nginx\"}' --since 10m --labels",
             &read_series},
    VerbSpec{"events", "Print what happened to services and to the host", kEventsArguments,
             "  sonde events\n"
             "  sonde events --service nginx --since 15m\n"
             "  sonde events --follow",
             &read_events},
};
static_assert(kVerbs.size() - 1 + kRulesVerbCount + kProbeVerbCount + kRoutesVerbCount + kOncallVerbCount +
                      kNotifyVerbCount + kAlertsVerbCount - (kOrderVerbCount - 1) + kIncidentsVerbCount -
                      kSharedVerbCount + kSilenceVerbCount + kDeliveriesVerbCount + 1 ==
                  std::variant_size_v<Command>,
              "every Command but --version needs one row, those that do the same share theirs, and so do run and hub");

constexpr std::array kGroups{
    VerbGroup{"rules", "Check, test and explain the rules that alerts come from"},
    VerbGroup{"probe", "What is asked whether it is there"},
    VerbGroup{"routes", "Check routes, and say who is told of which alert"},
    VerbGroup{"oncall", "Who is on call, and when nobody is"},
    VerbGroup{"notify", "List and try the channels that messages go through"},
    VerbGroup{"alerts", "Look at incidents, take them on, and say what became of them"},
    VerbGroup{"incidents", "Look at incidents, say what they were, and see how they went"},
    VerbGroup{"silence", "Have nobody told of certain alerts for a while"},
    VerbGroup{"deliveries", "What became of each message, and another try for those that failed"},
};

}  // namespace

std::span<const VerbSpec> verbs() {
  static const std::vector<VerbSpec> all = [] {
    std::vector<VerbSpec> verbs(kVerbs.begin(), kVerbs.end());
    verbs.insert(verbs.end(), rules_verbs().begin(), rules_verbs().end());
    verbs.insert(verbs.end(), probe_verbs().begin(), probe_verbs().end());
    verbs.insert(verbs.end(), routes_verbs().begin(), routes_verbs().end());
    verbs.insert(verbs.end(), oncall_verbs().begin(), oncall_verbs().end());
    verbs.insert(verbs.end(), notify_verbs().begin(), notify_verbs().end());
    verbs.insert(verbs.end(), alerts_verbs().begin(), alerts_verbs().end());
    verbs.insert(verbs.end(), incidents_verbs().begin(), incidents_verbs().end());
    verbs.insert(verbs.end(), silence_verbs().begin(), silence_verbs().end());
    verbs.insert(verbs.end(), deliveries_verbs().begin(), deliveries_verbs().end());
    return verbs;
  }();
  return all;
}

std::span<const VerbGroup> verb_groups() { return kGroups; }

}  // namespace sonde::cli
