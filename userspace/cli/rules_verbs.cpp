#include "cli/rules_verbs.h"

#include <array>
#include <chrono>
#include <string>
#include <utility>

#include "cli/moment.h"
#include "cli/verb_values.h"

namespace sonde::cli {
namespace {

using Raw = RawArguments;

constexpr std::array kDocumentOutputs{Choice<DocumentFormat>{"table", DocumentFormat::kTable},
                                      Choice<DocumentFormat>{"json", DocumentFormat::kJson},
                                      Choice<DocumentFormat>{"markdown", DocumentFormat::kMarkdown}};

Result<Command> read_rules_check(const Raw& raw) {
  if (raw.files.empty() == !raw.config) {
    return Error{Code::kBadInput, raw.config ? "--config does not go with rule files"
                                             : "FILE is required, as in `sonde rules check /etc/sonde/rules.d/*.yml`"};
  }
  return Command{RulesCheckCommand{raw.files, raw.config}};
}

Result<Command> read_rules_list(const Raw& raw) {
  RulesListCommand command;
  command.address = SONDE_TRY(read_address(raw));
  if (raw.output) command.output = SONDE_TRY(read_choice("--output", *raw.output, kOutputs));
  return Command{command};
}

Result<Command> read_rules_explain(const Raw& raw) {
  RulesExplainCommand command;
  command.address = SONDE_TRY(read_address(raw));
  command.alert = raw.alert.value_or("");
  if (raw.output) command.output = SONDE_TRY(read_choice("--output", *raw.output, kOutputs));
  return Command{std::move(command)};
}

Result<Command> read_rules_test(const Raw& raw) { return Command{RulesTestCommand{raw.files, raw.judge}}; }

Result<Command> read_rules_backtest(const Raw& raw) {
  RulesBacktestCommand command;
  command.files = raw.files;
  command.address = SONDE_TRY(read_address(raw));
  if (raw.since) command.since = SONDE_TRY(read_duration("--since", *raw.since, std::chrono::seconds{1}));
  if (raw.until) {
    auto until = parse_moment(*raw.until);
    if (!until) return std::move(until).error().with("--until");
    command.until = *until;
  }
  if (raw.step) command.step = SONDE_TRY(read_duration("--step", *raw.step, std::chrono::seconds{1}));
  if (raw.output) command.output = SONDE_TRY(read_choice("--output", *raw.output, kOutputs));
  return Command{std::move(command)};
}

Result<Command> read_rules_export(const Raw& raw) { return Command{RulesExportCommand{raw.config}}; }

Result<Command> read_rules_parameters(const Raw& raw) {
  RulesParametersCommand command;
  command.config = raw.config;
  if (raw.output) command.output = SONDE_TRY(read_choice("--output", *raw.output, kDocumentOutputs));
  return Command{std::move(command)};
}

constexpr ArgumentSpec kConfig{.name = "--config",
                               .value = "FILE",
                               .description = "with the parameters of this configuration",
                               .one = &Raw::config};
constexpr ArgumentSpec kRuleFiles{
    .name = "FILE", .value = "FILE", .description = "rule files", .many = &Raw::files, .required = true};

constexpr std::array kCheckArguments{
    ArgumentSpec{.name = "FILE", .value = "FILE", .description = "rule files", .many = &Raw::files},
    ArgumentSpec{.name = "--config",
                 .value = "FILE",
                 .description = "instead: the rules that this configuration gives",
                 .one = &Raw::config}};
constexpr std::array kListArguments{kAddress, kOutput};
constexpr std::array kExplainArguments{
    ArgumentSpec{
        .name = "ALERT", .value = "ALERT", .description = "the name of an alert", .one = &Raw::alert, .required = true},
    kAddress, kOutput};
constexpr std::array kTestArguments{
    ArgumentSpec{.name = "FILE",
                 .value = "FILE",
                 .description = "unit tests as promtool reads them",
                 .many = &Raw::files,
                 .required = true},
    ArgumentSpec{.name = "--judge",
                 .description = "with what the annotations sonde_* set, which Prometheus does not know",
                 .flag = &Raw::judge}};
constexpr std::array kBacktestArguments{
    kRuleFiles,
    kAddress,
    ArgumentSpec{
        .name = "--since", .value = "TIME", .description = "how far to look back (default 24h)", .one = &Raw::since},
    ArgumentSpec{.name = "--until",
                 .value = "TIME",
                 .description = "up to then: RFC 3339, unix seconds, now (default), or 15m for so long ago",
                 .one = &Raw::until},
    ArgumentSpec{.name = "--step",
                 .value = "TIME",
                 .description = "time between two evaluations (default: the interval of each group)",
                 .one = &Raw::step},
    kOutput};
constexpr std::array kExportArguments{kConfig};
constexpr std::array kParametersArguments{kConfig, ArgumentSpec{.name = "--output",
                                                                .value = "FORMAT",
                                                                .description = "table (default), json or markdown",
                                                                .short_name = "-o",
                                                                .one = &Raw::output}};

constexpr std::array kVerbs{
    VerbSpec{"rules check", "Check rule files and name every fault in them", kCheckArguments,
             "  sonde rules check /etc/sonde/rules.d/*.yml\n"
             "  sonde rules check --config /etc/sonde/sonde.yaml",
             &read_rules_check},
    VerbSpec{"rules list", "List the rules of a running daemon, and what is quiet for want of data", kListArguments,
             "  sonde rules list", &read_rules_list},
    VerbSpec{"rules explain", "Say why an alert fires or does not, value by value", kExplainArguments,
             "  sonde rules explain HighErrorRate", &read_rules_explain},
    VerbSpec{"rules test", "Run unit tests of rules, in promtool's format", kTestArguments,
             "  sonde rules test tests/*_test.yml\n"
             "  sonde rules test --judge tests/*_test.yml",
             &read_rules_test},
    VerbSpec{"rules backtest", "Say how often rules would have fired over what a daemon has recorded",
             kBacktestArguments,
             "  sonde rules backtest new.yml --since 24h\n"
             "  sonde rules backtest new.yml --since 7d --step 1m --output json",
             &read_rules_backtest},
    VerbSpec{"rules export", "Print the built-in rules as one rule file for Prometheus", kExportArguments,
             "  sonde rules export --config /etc/sonde/sonde.yaml > sonde.rules.yml", &read_rules_export},
    VerbSpec{"rules parameters", "List what of the built-in rules can be set", kParametersArguments,
             "  sonde rules parameters\n"
             "  sonde rules parameters --config /etc/sonde/sonde.yaml",
             &read_rules_parameters},
};
static_assert(kVerbs.size() == kRulesVerbCount);

}  // namespace

std::span<const VerbSpec> rules_verbs() { return kVerbs; }

}  // namespace sonde::cli
