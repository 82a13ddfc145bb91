#include "cli/silence_verbs.h"

#include <array>
#include <chrono>
#include <string>
#include <utility>
#include <variant>

#include "cli/moment.h"
#include "cli/verb_values.h"

namespace sonde::cli {
namespace {

using Raw = RawArguments;

/// A moment that does not move with the clock: `15m` would lie in the past.
Result<WallTime> read_start(const std::string& text) {
  auto moment = parse_moment(text);
  if (!moment) return std::move(moment).error().with("--start");
  if (const auto* const at = std::get_if<WallTime>(&*moment)) return *at;
  return Error{Code::kBadInput, "--start: '" + text + "' is no moment to come: write it as 2026-03-01T14:03:07Z"};
}

Result<Command> read_add(const Raw& raw) {
  SilenceAddCommand command;
  command.address = SONDE_TRY(read_address(raw));
  command.matchers = raw.matchers;
  command.author = SONDE_TRY(read_author(raw));
  command.comment = raw.comment.value_or("");
  if (raw.start) command.start = SONDE_TRY(read_start(*raw.start));
  if (raw.length) command.length = SONDE_TRY(read_duration("--for", *raw.length, std::chrono::seconds{1}));
  if (raw.output) command.output = SONDE_TRY(read_choice("--output", *raw.output, kOutputs));
  return Command{std::move(command)};
}

Result<Command> read_list(const Raw& raw) {
  SilenceListCommand command;
  command.address = SONDE_TRY(read_address(raw));
  command.matchers = raw.matchers;
  command.all = raw.all;
  if (raw.output) command.output = SONDE_TRY(read_choice("--output", *raw.output, kOutputs));
  command.no_color = is_without_color(raw);
  return Command{std::move(command)};
}

Result<Command> read_expire(const Raw& raw) {
  return Command{SilenceExpireCommand{SONDE_TRY(read_address(raw)), raw.ids}};
}

Result<Command> read_preview(const Raw& raw) {
  SilencePreviewCommand command;
  command.address = SONDE_TRY(read_address(raw));
  command.matchers = raw.matchers;
  if (raw.output) command.output = SONDE_TRY(read_choice("--output", *raw.output, kOutputs));
  return Command{std::move(command)};
}

constexpr ArgumentSpec kMatchers{
    .name = "MATCHER",
    .value = "MATCHER",
    .description = "conditions that must all hold: alertname=DiskFull, service_name=~'db.*'",
    .many = &Raw::matchers,
    .required = true};

constexpr std::array kAddArguments{
    kMatchers,
    ArgumentSpec{.name = "--comment",
                 .value = "TEXT",
                 .description = "why: whoever is on call will ask",
                 .one = &Raw::comment,
                 .required = true},
    ArgumentSpec{.name = "--for", .value = "TIME", .description = "how long (default 1h)", .one = &Raw::length},
    ArgumentSpec{.name = "--start",
                 .value = "TIME",
                 .description = "from then on: RFC 3339 or unix seconds (default: now)",
                 .one = &Raw::start},
    kAuthor,
    kAddress,
    kTokenFile,
    kOutput};
constexpr std::array kListArguments{
    ArgumentSpec{.name = "MATCHER",
                 .value = "MATCHER",
                 .description = "only silences that are about this: alertname=DiskFull",
                 .many = &Raw::matchers},
    ArgumentSpec{.name = "--all", .description = "also those that have expired", .flag = &Raw::all},
    kAddress,
    kTokenFile,
    kOutput,
    kNoColor};
constexpr std::array kExpireArguments{
    ArgumentSpec{
        .name = "ID", .value = "ID", .description = "the ids of silences", .many = &Raw::ids, .required = true},
    kAddress, kTokenFile};
constexpr std::array kPreviewArguments{kMatchers, kAddress, kTokenFile, kOutput};

constexpr std::array kVerbs{
    VerbSpec{"silence add", "Have nobody told of alerts for a while, and print the silence's id", kAddArguments,
             "  sonde silence add alertname=HighErrorRate service_name=shop --for 2h --comment 'load test'", &read_add},
    VerbSpec{"silence list", "List silences that are in force or to come", kListArguments,
             "  sonde silence list\n"
             "  sonde silence list service_name=shop --all",
             &read_list},
    VerbSpec{"silence expire", "End silences at once", kExpireArguments,
             "  sonde silence expire 4b1c1c9e-6a2f-4d3b-9c11-0242ac120002", &read_expire},
    VerbSpec{"silence preview", "List what a silence would have held back in the last seven days", kPreviewArguments,
             "  sonde silence preview service_name=shop severity=warning", &read_preview},
};
static_assert(kVerbs.size() == kSilenceVerbCount);

}  // namespace

std::span<const VerbSpec> silence_verbs() { return kVerbs; }

}  // namespace sonde::cli
