#include "cli/oncall_verbs.h"

#include <array>
#include <chrono>
#include <utility>

#include "cli/moment.h"
#include "cli/verb_values.h"

namespace sonde::cli {
namespace {

using Raw = RawArguments;

constexpr std::size_t kMostWeeks = 520;

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
};
static_assert(kVerbs.size() == kOncallVerbCount);

}  // namespace

std::span<const VerbSpec> oncall_verbs() { return kVerbs; }

}  // namespace sonde::cli
