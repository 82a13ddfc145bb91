#include "cli/deliveries_verbs.h"

#include <array>
#include <string>
#include <utility>

#include "cli/verb_values.h"

namespace sonde::cli {
namespace {

using Raw = RawArguments;

constexpr std::array kStates{
    Choice<const char*>{"queued", "queued"},       Choice<const char*>{"leased", "leased"},
    Choice<const char*>{"waiting", "waiting"},     Choice<const char*>{"unknown", "unknown"},
    Choice<const char*>{"sent", "sent"},           Choice<const char*>{"dead", "dead"},
    Choice<const char*>{"cancelled", "cancelled"}, Choice<const char*>{"superseded", "superseded"}};

Result<Command> read_list(const Raw& raw) {
  constexpr std::size_t kMost = 1'000;  // the daemon gives no more at once
  DeliveriesListCommand command;
  command.address = SONDE_TRY(read_address(raw));
  if (raw.state) command.state = SONDE_TRY(read_choice("--state", *raw.state, kStates));
  if (raw.incident) command.incident = SONDE_TRY(read_count("--incident", *raw.incident));
  if (raw.count) command.count = SONDE_TRY(read_count("--count", *raw.count, kMost));
  if (raw.output) command.output = SONDE_TRY(read_choice("--output", *raw.output, kOutputs));
  command.no_color = is_without_color(raw);
  return Command{std::move(command)};
}

Result<Command> read_retry(const Raw& raw) {
  return Command{DeliveriesRetryCommand{SONDE_TRY(read_address(raw)), raw.ids}};
}

constexpr std::array kListArguments{
    ArgumentSpec{.name = "--state",
                 .value = "STATE",
                 .description = "only queued, leased, waiting, unknown, sent, dead, cancelled or superseded ones",
                 .one = &Raw::state},
    ArgumentSpec{
        .name = "--incident", .value = "N", .description = "only messages about this incident", .one = &Raw::incident},
    ArgumentSpec{.name = "--count", .value = "N", .description = "the newest so many (default 50)", .one = &Raw::count},
    kAddress,
    kTokenFile,
    kOutput,
    kNoColor};
constexpr std::array kRetryArguments{
    ArgumentSpec{
        .name = "ID", .value = "ID", .description = "the ids of dead deliveries", .many = &Raw::ids, .required = true},
    kAddress, kTokenFile};

constexpr std::array kVerbs{
    VerbSpec{"deliveries list", "List the messages of a running daemon and what became of them", kListArguments,
             "  sonde deliveries list\n"
             "  sonde deliveries list --state dead",
             &read_list},
    VerbSpec{"deliveries retry", "Try messages again that were given up", kRetryArguments,
             "  sonde deliveries retry 0c2f7f5e9a41d7b3", &read_retry},
};
static_assert(kVerbs.size() == kDeliveriesVerbCount);

}  // namespace

std::span<const VerbSpec> deliveries_verbs() { return kVerbs; }

}  // namespace sonde::cli
