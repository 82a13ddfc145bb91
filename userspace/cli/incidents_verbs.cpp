#include "cli/incidents_verbs.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "cli/alerts_verbs.h"
#include "cli/verb_values.h"

namespace sonde::cli {
namespace {

using Raw = RawArguments;

/// As the API calls them.
constexpr std::array kVerdicts{Choice<std::string_view>{"unknown", "unknown"},
                               Choice<std::string_view>{"actionable", "actionable"},
                               Choice<std::string_view>{"noise", "noise"}, Choice<std::string_view>{"known", "known"}};
constexpr std::array kGroupings{
    Choice<std::string_view>{"rule", "rule"}, Choice<std::string_view>{"service", "service"},
    Choice<std::string_view>{"team", "team"}, Choice<std::string_view>{"day", "day"},
    Choice<std::string_view>{"week", "week"}, Choice<std::string_view>{"month", "month"}};

Result<Command> read_review(const Raw& raw) {
  IncidentReviewCommand command;
  command.address = SONDE_TRY(read_address(raw));
  command.incident = SONDE_TRY(read_count("INCIDENT", raw.incident.value_or("")));
  command.author = SONDE_TRY(read_author(raw));
  command.cause = raw.cause;
  command.action = raw.action;
  if (raw.verdict) command.verdict = std::string(SONDE_TRY(read_choice("--verdict", *raw.verdict, kVerdicts)));
  command.follow_up = raw.follow_up;
  command.fixed = raw.fixed;
  if (!raw.cause && !raw.action && !raw.verdict && !raw.follow_up && !raw.fixed) {
    return Error{Code::kBadInput, "a review says something: --cause, --action, --verdict, --follow-up or --fixed"};
  }
  if (raw.output) command.output = SONDE_TRY(read_choice("--output", *raw.output, kOutputs));
  return Command{std::move(command)};
}

Result<Command> read_report(const Raw& raw) {
  IncidentReportCommand command;
  command.address = SONDE_TRY(read_address(raw));
  if (raw.since) command.since = SONDE_TRY(read_duration("--since", *raw.since, std::chrono::seconds{1}));
  if (raw.by) command.by = SONDE_TRY(read_choice("--by", *raw.by, kGroupings));
  command.zone = raw.zone.value_or("");
  if (raw.output) command.output = SONDE_TRY(read_choice("--output", *raw.output, kRowsOutputs));
  return Command{std::move(command)};
}

constexpr std::array kReviewArguments{
    ArgumentSpec{.name = "INCIDENT",
                 .value = "INCIDENT",
                 .description = "its number, as `sonde incidents list` shows it",
                 .one = &Raw::incident,
                 .required = true},
    ArgumentSpec{.name = "--cause", .value = "TEXT", .description = "why it happened", .one = &Raw::cause},
    ArgumentSpec{.name = "--action", .value = "TEXT", .description = "what was done", .one = &Raw::action},
    ArgumentSpec{.name = "--verdict",
                 .value = "VERDICT",
                 .description = "actionable, noise, known or unknown: whether somebody had to act",
                 .one = &Raw::verdict},
    ArgumentSpec{.name = "--follow-up",
                 .value = "URL",
                 .description = "where the work goes on, such as a ticket",
                 .one = &Raw::follow_up},
    ArgumentSpec{
        .name = "--fixed", .description = "watch from now on whether its alerts fire again", .flag = &Raw::fixed},
    kAuthor,
    kAddress,
    kTokenFile,
    kOutput};
constexpr std::array kReportArguments{
    ArgumentSpec{
        .name = "--since", .value = "TIME", .description = "how far to look back (default 30d)", .one = &Raw::since},
    ArgumentSpec{.name = "--by",
                 .value = "WHAT",
                 .description = "rule (default), service, team, day, week or month",
                 .one = &Raw::by},
    ArgumentSpec{.name = "--zone",
                 .value = "ZONE",
                 .description = "whose days, weeks and months, such as Europe/Berlin (default UTC)",
                 .one = &Raw::zone},
    kAddress,
    kTokenFile,
    kRowsOutput};

constexpr std::array kOwnVerbs{
    VerbSpec{"incidents review", "Say what an incident was and what was done; also long after it is over",
             kReviewArguments,
             "  sonde incidents review 12 --verdict noise\n"
             "  sonde incidents review 12 --cause 'the log grew' --action 'rotated it' --verdict actionable --fixed",
             &read_review},
    VerbSpec{"incidents report", "How incidents went: time to acknowledge and to resolve, noise, and rules to tune",
             kReportArguments,
             "  sonde incidents report --since 90d --by month --zone Europe/Berlin\n"
             "  sonde incidents report --by service --output csv",
             &read_report},
};

/// A verb of `sonde alerts` under another name.
VerbSpec shared(std::string_view name, std::string_view as, std::string_view examples) {
  VerbSpec verb = *std::ranges::find(alerts_verbs(), as, &VerbSpec::name);
  verb.name = name;
  verb.examples = examples;
  return verb;
}

}  // namespace

std::span<const VerbSpec> incidents_verbs() {
  static const std::array<VerbSpec, kIncidentsVerbCount> kVerbs{
      shared("incidents list", "alerts list",
             "  sonde incidents list\n"
             "  sonde incidents list --all --count 20 --output json"),
      shared("incidents show", "alerts show", "  sonde incidents show 12"), kOwnVerbs[0], kOwnVerbs[1]};
  static_assert(kOwnVerbs.size() + kSharedVerbCount == kIncidentsVerbCount);
  return kVerbs;
}

}  // namespace sonde::cli
