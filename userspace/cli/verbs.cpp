#include "cli/verbs.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <limits>
#include <utility>

#include "base/nearest_word.h"
#include "base/quantity.h"
#include "cli/daemon_address.h"
#include "cli/figures.h"

namespace sonde::cli {
namespace {

using std::chrono::nanoseconds;

template <class Value>
struct Choice {
  std::string_view word;
  Value value;
};

constexpr std::array kLevels{Choice<config::LogLevel>{"debug", config::LogLevel::kDebug},
                             Choice<config::LogLevel>{"info", config::LogLevel::kInfo},
                             Choice<config::LogLevel>{"warn", config::LogLevel::kWarn},
                             Choice<config::LogLevel>{"error", config::LogLevel::kError}};
constexpr std::array kLogFormats{Choice<config::LogFormat>{"text", config::LogFormat::kText},
                                 Choice<config::LogFormat>{"json", config::LogFormat::kJson}};
constexpr std::array kOutputs{Choice<OutputFormat>{"table", OutputFormat::kTable},
                              Choice<OutputFormat>{"json", OutputFormat::kJson}};
constexpr std::array kQueryOutputs{Choice<QueryFormat>{"table", QueryFormat::kTable},
                                   Choice<QueryFormat>{"json", QueryFormat::kJson},
                                   Choice<QueryFormat>{"csv", QueryFormat::kCsv}};

/// "--output 'jsn' is not one of table, json; did you mean 'json'?"
Error no_such_word(const std::string& place, const std::string& word, const std::vector<std::string>& known) {
  std::string what = place + " '" + word + "' is not one of ";
  for (const std::string& name : known) what += (&name == &known.front() ? "" : ", ") + name;
  const std::string nearest(nearest_word(word, known));
  if (!nearest.empty()) what += "; did you mean '" + nearest + "'?";
  return Error{Code::kBadInput, what};
}

template <class Value, std::size_t kSize>
Result<Value> read_choice(const std::string& place, const std::string& word,
                          const std::array<Choice<Value>, kSize>& choices) {
  std::vector<std::string> known;
  for (const Choice<Value>& choice : choices) {
    if (choice.word == word) return choice.value;
    known.emplace_back(choice.word);
  }
  return no_such_word(place, word, known);
}

Result<Figure> read_figure(const std::string& place, const std::string& word) {
  const std::optional<Figure> figure = find_figure(word);
  if (figure) return *figure;
  std::vector<std::string> known;
  for (const FigureSpec& spec : kFigures) known.emplace_back(spec.word);
  return no_such_word(place, word, known);
}

Result<nanoseconds> read_duration(const std::string& place, const std::string& text, nanoseconds least) {
  auto duration = parse_duration(text);
  if (!duration) return std::move(duration).error().with(place);
  if (*duration < least) {
    return Error{Code::kBadInput, place + ": '" + text + "' is shorter than " + format_duration(least)};
  }
  return duration;
}

Result<std::size_t> read_count(const std::string& place, const std::string& text,
                               std::size_t most = std::numeric_limits<std::size_t>::max()) {
  std::size_t count = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), count);
  const bool whole = failed == std::errc{} && end == text.data() + text.size() && count > 0;
  if (whole && count <= most) return count;
  const std::string range = whole ? "from 1 to " + std::to_string(most) : "from 1 on";
  return Error{Code::kBadInput, place + ": '" + text + "' is no whole number " + range};
}

Result<DaemonAddress> read_address(const RawArguments& raw) {
  const char* variable = std::getenv("SONDE_ADDRESS");
  const bool is_named = variable != nullptr && *variable != '\0';
  if (!raw.address && !is_named) return DaemonAddress{};
  auto address = parse_daemon_address(raw.address ? *raw.address : variable);
  if (!address) return std::move(address).error().with(raw.address ? "--address" : "SONDE_ADDRESS");
  return address;
}

/// https://no-color.org: any value but the empty one.
bool is_without_color(const RawArguments& raw) {
  const char* variable = std::getenv("NO_COLOR");
  return raw.no_color || (variable != nullptr && *variable != '\0');
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
  if (raw.window) command.window = SONDE_TRY(read_duration("--window", *raw.window, std::chrono::seconds{1}));
  if (raw.interval) {
    command.interval = SONDE_TRY(read_duration("--interval", *raw.interval, std::chrono::milliseconds{100}));
  }
  if (raw.sort) command.sort = SONDE_TRY(read_figure("--sort", *raw.sort));
  if (raw.count) command.count = SONDE_TRY(read_count("--count", *raw.count));
  if (raw.output) command.output = SONDE_TRY(read_choice("--output", *raw.output, kOutputs));
  command.no_color = is_without_color(raw);
  return Command{command};
}

Result<Command> read_query(const RawArguments& raw) {
  QueryCommand command;
  command.address = SONDE_TRY(read_address(raw));
  command.service = raw.service;
  if (raw.window) command.window = SONDE_TRY(read_duration("--window", *raw.window, std::chrono::seconds{1}));
  if (raw.output) command.output = SONDE_TRY(read_choice("--output", *raw.output, kQueryOutputs));
  for (const std::string& word : raw.figures) {
    if (word == "all") {
      command.figures = all_figures();
      break;
    }
    const Figure figure = SONDE_TRY(read_figure("figure", word));
    const bool is_new = std::find(command.figures.begin(), command.figures.end(), figure) == command.figures.end();
    if (is_new) command.figures.push_back(figure);
  }
  if (command.figures.empty()) command.figures = all_figures();
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

constexpr ArgumentSpec kAddress{
    .name = "--address",
    .value = "HOST:PORT",
    .description = "where the daemon listens (default $SONDE_ADDRESS, then 127.0.0.1:10977)",
    .one = &Raw::address};
constexpr ArgumentSpec kOutput{
    .name = "--output", .value = "FORMAT", .description = "table (default) or json", .one = &Raw::output};

constexpr ArgumentSpec kService{
    .name = "--service", .value = "NAME", .description = "only this service", .one = &Raw::service};
constexpr ArgumentSpec kNoColor{
    .name = "--no-color", .description = "no colours, as with NO_COLOR set", .flag = &Raw::no_color};

constexpr std::array kRunArguments{
    ArgumentSpec{
        .name = "--config", .value = "FILE", .description = "configuration; none is needed", .one = &Raw::config},
    ArgumentSpec{.name = "--only",
                 .value = "ITEM",
                 .description = "measure only port:N, pid:N, cgroup:PATH or process:NAME; may be repeated",
                 .many = &Raw::only},
    ArgumentSpec{.name = "--listen",
                 .value = "HOST:PORT",
                 .description = "where to serve (default 127.0.0.1:10977)",
                 .one = &Raw::listen},
    ArgumentSpec{.name = "--log-level",
                 .value = "LEVEL",
                 .description = "debug, info (default), warn or error",
                 .one = &Raw::log_level},
    ArgumentSpec{
        .name = "--log-format", .value = "FORMAT", .description = "text (default) or json", .one = &Raw::log_format}};

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
    kOutput,
    kNoColor};

constexpr std::array kQueryArguments{
    ArgumentSpec{.name = "FIGURE",
                 .value = "FIGURE",
                 .description = "requests, rate, p50, p95, p99, client_errors, errors or all (default)",
                 .many = &Raw::figures},
    kAddress, kService,
    ArgumentSpec{
        .name = "--window", .value = "TIME", .description = "how far to look back (default 5m)", .one = &Raw::window},
    ArgumentSpec{
        .name = "--output", .value = "FORMAT", .description = "table (default), json or csv", .one = &Raw::output}};

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
             "  sonde top --once --output json",
             &read_top},
    VerbSpec{"query", "Print response times and rates of a running daemon", kQueryArguments,
             "  sonde query\n"
             "  sonde query p95 errors --service nginx --window 10m\n"
             "  sonde query p50 p95 p99 --output csv",
             &read_query},
    VerbSpec{"events", "Print what happened to services and to the host", kEventsArguments,
             "  sonde events\n"
             "  sonde events --service nginx --since 15m\n"
             "  sonde events --follow",
             &read_events},
};
static_assert(kVerbs.size() + 1 == std::variant_size_v<Command>, "every Command but --version needs one row");

}  // namespace

std::span<const VerbSpec> verbs() { return kVerbs; }

}  // namespace sonde::cli
