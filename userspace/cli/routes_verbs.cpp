#include "cli/routes_verbs.h"

#include <array>
#include <utility>

#include "cli/moment.h"
#include "cli/verb_values.h"

namespace sonde::cli {
namespace {

using Raw = RawArguments;

Result<Command> read_routes_check(const Raw& raw) { return Command{RoutesCheckCommand{raw.files}}; }

Result<Command> read_routes_show(const Raw& raw) {
  RoutesShowCommand command{.config_file = raw.config_file.value_or("")};
  if (raw.output) command.output = SONDE_TRY(read_choice("--output", *raw.output, kOutputs));
  return Command{std::move(command)};
}

Result<Command> read_routes_test(const Raw& raw) {
  RoutesTestCommand command;
  command.config_file = raw.config_file.value_or("");
  command.labels = raw.label_pairs;
  command.verify_receivers = raw.verify_receivers;
  command.tree = raw.tree;
  if (raw.at) {
    auto at = parse_moment(*raw.at);
    if (!at) return std::move(at).error().with("--at");
    command.at = *at;
  }
  if (raw.output) command.output = SONDE_TRY(read_choice("--output", *raw.output, kOutputs));
  return Command{std::move(command)};
}

constexpr ArgumentSpec kConfigFile{
    .name = "--config.file",
    .value = "FILE",
    .description = "an alertmanager.yml, or a configuration of Sonde's with the same keys",
    .one = &Raw::config_file,
    .required = true};

constexpr std::array kCheckArguments{ArgumentSpec{.name = "FILE",
                                                  .value = "FILE",
                                                  .description = "files as Alertmanager reads them",
                                                  .many = &Raw::files,
                                                  .required = true}};
constexpr std::array kShowArguments{kConfigFile, kOutput};
constexpr std::array kTestArguments{
    ArgumentSpec{.name = "LABEL",
                 .value = "LABEL",
                 .description = "labels of the alert, each as NAME=VALUE",
                 .many = &Raw::label_pairs},
    kConfigFile,
    ArgumentSpec{.name = "--verify.receivers",
                 .value = "NAMES",
                 .description = "fail unless it is these that are told, in this order, with commas between them",
                 .one = &Raw::verify_receivers},
    ArgumentSpec{.name = "--at",
                 .value = "TIME",
                 .description = "for time intervals: RFC 3339, unix seconds, now (default), or 15m for so long ago",
                 .one = &Raw::at},
    ArgumentSpec{
        .name = "--tree", .description = "also the routes that it takes, and its group on each", .flag = &Raw::tree},
    kOutput};

constexpr std::array kVerbs{
    VerbSpec{"routes check", "Check an alertmanager.yml and name every fault in it", kCheckArguments,
             "  sonde routes check /etc/prometheus/alertmanager.yml", &read_routes_check},
    VerbSpec{"routes show", "Print the tree of routes", kShowArguments,
             "  sonde routes show --config.file /etc/prometheus/alertmanager.yml", &read_routes_show},
    VerbSpec{"routes test", "Say which receivers an alert with these labels goes to", kTestArguments,
             "  sonde routes test --config.file alertmanager.yml severity=page team=db\n"
             "  sonde routes test --config.file alertmanager.yml --tree severity=page\n"
             "  sonde routes test --config.file alertmanager.yml --verify.receivers=db-pager severity=page team=db",
             &read_routes_test},
};
static_assert(kVerbs.size() == kRoutesVerbCount);

}  // namespace

std::span<const VerbSpec> routes_verbs() { return kVerbs; }

}  // namespace sonde::cli
