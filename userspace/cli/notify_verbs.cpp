#include "cli/notify_verbs.h"

#include <array>
#include <utility>

#include "cli/verb_values.h"

namespace sonde::cli {
namespace {

using Raw = RawArguments;

Result<Command> read_notify_list(const Raw& raw) {
  NotifyListCommand command;
  command.config = raw.config.value_or("");
  if (raw.output) command.output = SONDE_TRY(read_choice("--output", *raw.output, kOutputs));
  return Command{std::move(command)};
}

Result<Command> read_notify_test(const Raw& raw) {
  return Command{NotifyTestCommand{raw.channel.value_or(""), raw.config.value_or("")}};
}

constexpr ArgumentSpec kConfig{.name = "--config",
                               .value = "FILE",
                               .description = "the configuration that names the channels",
                               .one = &Raw::config,
                               .required = true};

constexpr std::array kListArguments{kConfig, kOutput};
constexpr std::array kTestArguments{ArgumentSpec{.name = "CHANNEL",
                                                 .value = "CHANNEL",
                                                 .description = "the name of a channel",
                                                 .one = &Raw::channel,
                                                 .required = true},
                                    kConfig};

constexpr std::array kVerbs{
    VerbSpec{"notify list", "List the channels of a configuration, without their secrets", kListArguments,
             "  sonde notify list --config /etc/sonde/sonde.yaml", &read_notify_list},
    VerbSpec{"notify test", "Send a message marked as a test through a channel, and say what became of it",
             kTestArguments, "  sonde notify test ops --config /etc/sonde/sonde.yaml", &read_notify_test},
};
static_assert(kVerbs.size() == kNotifyVerbCount);

}  // namespace

std::span<const VerbSpec> notify_verbs() { return kVerbs; }

}  // namespace sonde::cli
