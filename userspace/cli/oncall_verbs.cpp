#include "cli/oncall_verbs.h"

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "cli/moment.h"
#include "cli/verb_values.h"

namespace sonde::cli {
namespace {

using Raw = RawArguments;

constexpr std::size_t kMostWeeks = 520;

constexpr std::array kActions{Choice<OverrideAction>{"add", OverrideAction::kAdd},
                              Choice<OverrideAction>{"list", OverrideAction::kList},
                              Choice<OverrideAction>{"remove", OverrideAction::kRemove}};

Result<std::chrono::weeks> read_weeks(const Raw& raw, std::chrono::weeks otherwise) {
  if (!raw.weeks) return otherwise;
  return std::chrono::weeks{SONDE_TRY(read_count("--weeks", *raw.weeks, kMostWeeks))};
}

Result<Command> read_oncall_now(const Raw& raw) {
  OncallNowCommand command{.config = raw.config.value_or("")};
  if (raw.output) command.output = SONDE_TRY(read_choice("--output", *raw.output, kOutputs));
  return Command{std::move(command)};
}

Result<Command> read_oncall_who(const Raw& raw) {
  OncallWhoCommand command{.config = raw.config.value_or(""), .at = {}};
  auto at = parse_moment(raw.at.value_or(""));
  if (!at) return std::move(at).error().with("--at");
  command.at = *at;
  if (raw.output) command.output = SONDE_TRY(read_choice("--output", *raw.output, kOutputs));
  return Command{std::move(command)};
}

Result<Command> read_oncall_preview(const Raw& raw) {
  OncallPreviewCommand command{.config = raw.config.value_or(""), .schedule = raw.schedule};
  command.weeks = SONDE_TRY(read_weeks(raw, command.weeks));
  if (raw.output) command.output = SONDE_TRY(read_choice("--output", *raw.output, kOutputs));
  return Command{std::move(command)};
}

Result<Command> read_oncall_export(const Raw& raw) {
  OncallExportCommand command{.config = raw.config.value_or(""), .schedule = raw.schedule.value_or("")};
  command.weeks = SONDE_TRY(read_weeks(raw, command.weeks));
  return Command{std::move(command)};
}

/// A moment that does not move with the clock: `15m` would lie in the past.
Result<std::optional<WallTime>> read_moment(const char* flag, const std::optional<std::string>& text) {
  if (!text) return std::optional<WallTime>();
  auto moment = parse_moment(*text);
  if (!moment) return std::move(moment).error().with(flag);
  if (const auto* const at = std::get_if<WallTime>(&*moment)) return std::optional(*at);
  return Error{Code::kBadInput,
               std::string(flag) + ": '" + *text + "' is no fixed moment: write it as 2026-03-01T14:03:07Z"};
}

Result<> check_override(const OncallOverrideCommand& command, const Raw& raw) {
  if (command.action == OverrideAction::kRemove && command.ids.empty()) {
    return Error{Code::kBadInput, "remove needs the ID of what is taken back: `sonde oncall override list` has it"};
  }
  if (command.action != OverrideAction::kRemove && !command.ids.empty()) {
    return Error{Code::kBadInput, "unexpected argument '" + command.ids.front() + "'; only remove takes an ID"};
  }
  if (command.action != OverrideAction::kAdd) return Ok{};
  if (command.schedule.empty()) return Error{Code::kBadInput, "add needs --schedule: whose shifts"};
  if (!raw.person) return Error{Code::kBadInput, "add needs --person: who stands in ('' for nobody)"};
  if (raw.until.has_value() == raw.length.has_value()) {
    return Error{Code::kBadInput, "add needs --until or --for: until when somebody stands in"};
  }
  return Ok{};
}

Result<Command> read_oncall_override(const Raw& raw) {
  OncallOverrideCommand command;
  command.address = SONDE_TRY(read_address(raw));
  command.action = SONDE_TRY(read_choice("ACTION", raw.action.value_or(""), kActions));
  command.ids = raw.ids;
  command.schedule = raw.schedule.value_or("");
  command.person = raw.person.value_or("");
  command.replaces = raw.replaces;
  command.from = SONDE_TRY(read_moment("--start", raw.start));
  command.until = SONDE_TRY(read_moment("--until", raw.until));
  if (raw.length) command.length = SONDE_TRY(read_duration("--for", *raw.length, std::chrono::seconds{1}));
  command.comment = raw.comment.value_or("");
  if (command.action == OverrideAction::kAdd) command.author = SONDE_TRY(read_author(raw));
  if (raw.output) command.output = SONDE_TRY(read_choice("--output", *raw.output, kOutputs));
  SONDE_TRY(check_override(command, raw));
  return Command{std::move(command)};
}

constexpr ArgumentSpec kConfig{.name = "--config",
                               .value = "FILE",
                               .description = "the configuration that has the schedules",
                               .one = &Raw::config,
                               .required = true};
constexpr ArgumentSpec kWeeks{
    .name = "--weeks", .value = "N", .description = "how many, from now on (default 8)", .one = &Raw::weeks};

constexpr std::array kNowArguments{kConfig, kOutput};
constexpr std::array kWhoArguments{ArgumentSpec{.name = "--at",
                                                .value = "TIME",
                                                .description = "RFC 3339, unix seconds, now, or 15m for so long ago",
                                                .one = &Raw::at,
                                                .required = true},
                                   kConfig, kOutput};
constexpr std::array kPreviewArguments{ArgumentSpec{.name = "SCHEDULE",
                                                    .value = "SCHEDULE",
                                                    .description = "the name of a schedule (default: all)",
                                                    .one = &Raw::schedule},
                                       kWeeks, kConfig, kOutput};
constexpr std::array kExportArguments{ArgumentSpec{.name = "SCHEDULE",
                                                   .value = "SCHEDULE",
                                                   .description = "the name of a schedule",
                                                   .one = &Raw::schedule,
                                                   .required = true},
                                      kWeeks, kConfig};

constexpr std::array kOverrideArguments{
    ArgumentSpec{.name = "ACTION",
                 .value = "ACTION",
                 .description = "add, list or remove",
                 .one = &Raw::action,
                 .required = true},
    ArgumentSpec{.name = "ID", .value = "ID", .description = "what is taken back, by remove", .many = &Raw::ids},
    ArgumentSpec{
        .name = "--schedule", .value = "NAME", .description = "of which schedule (list: all)", .one = &Raw::schedule},
    ArgumentSpec{.name = "--person",
                 .value = "NAME",
                 .description = "who stands in; '' has nobody on call",
                 .one = &Raw::person},
    ArgumentSpec{.name = "--replaces",
                 .value = "NAME",
                 .description = "only in this person's shifts (default: whoever's)",
                 .one = &Raw::replaces},
    ArgumentSpec{.name = "--start",
                 .value = "TIME",
                 .description = "from then on: RFC 3339 or unix seconds (default: now)",
                 .one = &Raw::start},
    ArgumentSpec{.name = "--until", .value = "TIME", .description = "RFC 3339 or unix seconds", .one = &Raw::until},
    ArgumentSpec{.name = "--for", .value = "TIME", .description = "or for how long", .one = &Raw::length},
    ArgumentSpec{.name = "--comment", .value = "TEXT", .description = "why", .one = &Raw::comment},
    kAuthor,
    kAddress,
    kTokenFile,
    kOutput};

constexpr std::array kVerbs{
    VerbSpec{"oncall now", "Say who is on call in every schedule", kNowArguments,
             "  sonde oncall now --config /etc/sonde/sonde.yaml", &read_oncall_now},
    VerbSpec{"oncall who", "Say who is, was or will be on call at some time", kWhoArguments,
             "  sonde oncall who --at 2026-12-24T18:00:00Z --config /etc/sonde/sonde.yaml", &read_oncall_who},
    VerbSpec{"oncall preview", "List the shifts to come, and warn of times in which nobody is on call",
             kPreviewArguments, "  sonde oncall preview --weeks 8 --config /etc/sonde/sonde.yaml",
             &read_oncall_preview},
    VerbSpec{"oncall export", "Print the shifts to come as iCalendar", kExportArguments,
             "  sonde oncall export primary --config /etc/sonde/sonde.yaml >primary.ics", &read_oncall_export},
    VerbSpec{"oncall override", "Have somebody stand in at a running daemon, list who does, take it back",
             kOverrideArguments,
             "  sonde oncall override add --schedule primary --person bob --for 4h --comment 'dentist'\n"
             "  sonde oncall override list\n"
             "  sonde oncall override remove 4b1c1c9e-6a2f-4d3b-9c11-0242ac120002",
             &read_oncall_override},
};
static_assert(kVerbs.size() == kOncallVerbCount);

}  // namespace

std::span<const VerbSpec> oncall_verbs() { return kVerbs; }

}  // namespace sonde::cli
