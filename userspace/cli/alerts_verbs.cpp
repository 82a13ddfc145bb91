#include "cli/alerts_verbs.h"

#include <array>
#include <chrono>
#include <string>
#include <utility>

#include "cli/verb_values.h"

namespace sonde::cli {
namespace {

using Raw = RawArguments;

Result<std::uint64_t> read_incident(const Raw& raw) { return read_count("INCIDENT", raw.incident.value_or("")); }

Result<Command> read_list(const Raw& raw) {
  constexpr std::size_t kMost = 1'000;  // the daemon gives no more at once
  AlertsListCommand command;
  command.address = SONDE_TRY(read_address(raw));
  command.all = raw.all;
  if (raw.count) command.count = SONDE_TRY(read_count("--count", *raw.count, kMost));
  if (raw.output) command.output = SONDE_TRY(read_choice("--output", *raw.output, kOutputs));
  command.no_color = is_without_color(raw);
  return Command{std::move(command)};
}

Result<Command> read_show(const Raw& raw) {
  AlertsShowCommand command;
  command.address = SONDE_TRY(read_address(raw));
  command.incident = SONDE_TRY(read_incident(raw));
  if (raw.output) command.output = SONDE_TRY(read_choice("--output", *raw.output, kOutputs));
  command.no_color = is_without_color(raw);
  return Command{std::move(command)};
}

/// What all orders have; the rest is empty where a verb has no such argument.
Result<Command> read_order(const Raw& raw, std::string order) {
  AlertsOrderCommand command;
  command.order = std::move(order);
  command.address = SONDE_TRY(read_address(raw));
  command.incident = SONDE_TRY(read_incident(raw));
  command.author = SONDE_TRY(read_author(raw));
  command.note = raw.note.value_or("");
  if (raw.length) command.length = SONDE_TRY(read_duration("--for", *raw.length, std::chrono::seconds{1}));
  command.renew = raw.renew;
  command.to = raw.to.value_or("");
  if (raw.into) command.into = SONDE_TRY(read_count("--into", *raw.into));
  if (raw.version_seen) command.version = SONDE_TRY(read_count("--version-seen", *raw.version_seen));
  if (raw.output) command.output = SONDE_TRY(read_choice("--output", *raw.output, kOutputs));
  return Command{std::move(command)};
}

constexpr ArgumentSpec kIncident{.name = "INCIDENT",
                                 .value = "INCIDENT",
                                 .description = "its number, as `sonde alerts list` shows it",
                                 .one = &Raw::incident,
                                 .required = true};
constexpr ArgumentSpec kNote{
    .name = "--note", .value = "TEXT", .description = "what the timeline shall say besides", .one = &Raw::note};
constexpr ArgumentSpec kVersionSeen{.name = "--version-seen",
                                    .value = "N",
                                    .description = "refuse if somebody has changed the incident since this version",
                                    .one = &Raw::version_seen};

constexpr std::array kListArguments{
    ArgumentSpec{.name = "--all", .description = "also those that are over", .flag = &Raw::all},
    ArgumentSpec{.name = "--count", .value = "N", .description = "the newest so many (default 50)", .one = &Raw::count},
    kAddress,
    kTokenFile,
    kOutput,
    kNoColor};
constexpr std::array kShowArguments{kIncident, kAddress, kTokenFile, kOutput, kNoColor};
constexpr std::array kAckArguments{
    kIncident,
    ArgumentSpec{.name = "--for",
                 .value = "TIME",
                 .description = "until it pages again (default: by its severity)",
                 .one = &Raw::length},
    ArgumentSpec{.name = "--renew", .description = "begin the time of an acknowledgement anew", .flag = &Raw::renew},
    kNote,
    kVersionSeen,
    kAuthor,
    kAddress,
    kTokenFile,
    kOutput};
constexpr std::array kPlainArguments{kIncident, kNote, kVersionSeen, kAuthor, kAddress, kTokenFile, kOutput};
constexpr std::array kSnoozeArguments{
    kIncident,
    ArgumentSpec{
        .name = "--for", .value = "TIME", .description = "how long it is quiet", .one = &Raw::length, .required = true},
    kNote,
    kVersionSeen,
    kAuthor,
    kAddress,
    kTokenFile,
    kOutput};
constexpr std::array kNoteArguments{
    kIncident,
    ArgumentSpec{.name = "TEXT", .value = "TEXT", .description = "what to note", .one = &Raw::note, .required = true},
    kVersionSeen,
    kAuthor,
    kAddress,
    kTokenFile,
    kOutput};
constexpr std::array kAssignArguments{
    kIncident,
    ArgumentSpec{.name = "NAME", .value = "NAME", .description = "whose it is now", .one = &Raw::to, .required = true},
    kVersionSeen,
    kAuthor,
    kAddress,
    kTokenFile,
    kOutput};
constexpr std::array kMergeArguments{kIncident,
                                     ArgumentSpec{.name = "--into",
                                                  .value = "INCIDENT",
                                                  .description = "the incident that takes its alerts over",
                                                  .one = &Raw::into,
                                                  .required = true},
                                     kNote,
                                     kVersionSeen,
                                     kAuthor,
                                     kAddress,
                                     kTokenFile,
                                     kOutput};

constexpr std::array kVerbs{
    VerbSpec{"alerts list", "List the incidents of a running daemon, the newest first", kListArguments,
             "  sonde alerts list\n"
             "  sonde alerts list --all --count 20 --output json",
             &read_list},
    VerbSpec{"alerts show", "Show an incident, its alerts, and everything that has happened to it", kShowArguments,
             "  sonde alerts show 12", &read_show},
    VerbSpec{"alerts ack", "Say that you have taken an incident on, so that it stops paging", kAckArguments,
             "  sonde alerts ack 12\n"
             "  sonde alerts ack 12 --for 2h --note 'rolling back'",
             [](const Raw& raw) { return read_order(raw, "acknowledge"); }},
    VerbSpec{"alerts unack", "Take an acknowledgement back: it pages again", kPlainArguments, "  sonde alerts unack 12",
             [](const Raw& raw) { return read_order(raw, "unacknowledge"); }},
    VerbSpec{"alerts snooze", "Have an incident keep quiet for a while", kSnoozeArguments,
             "  sonde alerts snooze 12 --for 1h", [](const Raw& raw) { return read_order(raw, "snooze"); }},
    VerbSpec{"alerts resolve", "Say that an incident is over; it comes back if its alerts still fire", kPlainArguments,
             "  sonde alerts resolve 12 --note 'disk replaced'",
             [](const Raw& raw) { return read_order(raw, "resolve"); }},
    VerbSpec{"alerts note", "Add a line to the timeline of an incident", kNoteArguments,
             "  sonde alerts note 12 'the primary has no route to the replica'",
             [](const Raw& raw) { return read_order(raw, "note"); },
             "quote a text that has blanks, as in `sonde alerts note 12 'rolling back'`"},
    VerbSpec{"alerts assign", "Say whose an incident is", kAssignArguments, "  sonde alerts assign 12 ann",
             [](const Raw& raw) { return read_order(raw, "assign"); }},
    VerbSpec{"alerts merge", "Have one incident take over the alerts of another", kMergeArguments,
             "  sonde alerts merge 12 --into 10", [](const Raw& raw) { return read_order(raw, "merge"); }},
    VerbSpec{"alerts escalate", "Call whoever is next by the escalation policy, without waiting any longer",
             kPlainArguments, "  sonde alerts escalate 12 --note 'this is over my head'",
             [](const Raw& raw) { return read_order(raw, "escalate"); }},
};
static_assert(kVerbs.size() == kAlertsVerbCount);

}  // namespace

std::span<const VerbSpec> alerts_verbs() { return kVerbs; }

}  // namespace sonde::cli
