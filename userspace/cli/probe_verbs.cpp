#include "cli/probe_verbs.h"

#include <array>
#include <string>
#include <utility>

#include "cli/verb_values.h"

namespace sonde::cli {
namespace {

using Raw = RawArguments;

Result<Command> read_probe_list(const Raw& raw) {
  ProbeListCommand command;
  command.address = SONDE_TRY(read_address(raw));
  if (raw.output) command.output = SONDE_TRY(read_choice("--output", *raw.output, kOutputs));
  return Command{command};
}

Result<Command> read_probe_run(const Raw& raw) {
  ProbeRunCommand command;
  command.target = raw.target.value_or("");
  command.config = raw.config;
  if (command.target.find("://") == std::string::npos && !command.config) {
    return Error{Code::kBadInput, "'" + command.target +
                                      "' is no URL such as https://shop.example/health or tcp://db.example:5432; for a "
                                      "probe of a configuration, --config names the file"};
  }
  if (raw.output) command.output = SONDE_TRY(read_choice("--output", *raw.output, kOutputs));
  return Command{std::move(command)};
}

constexpr std::array kListArguments{kAddress, kOutput};
constexpr std::array kRunArguments{
    ArgumentSpec{.name = "TARGET",
                 .value = "TARGET",
                 .description = "a probe's name, or a URL: http, https, tcp, icmp, postgresql, mysql, redis",
                 .one = &Raw::target,
                 .required = true},
    ArgumentSpec{.name = "--config",
                 .value = "FILE",
                 .description = "the configuration that the name is of",
                 .one = &Raw::config},
    kOutput};

constexpr std::array kVerbs{
    VerbSpec{"probe list", "List what the probes of a running daemon found, and why", kListArguments,
             "  sonde probe list", &read_probe_list},
    VerbSpec{"probe run", "Probe once, from here, and say how long each phase took", kRunArguments,
             "  sonde probe run https://shop.example/health\n"
             "  sonde probe run tcp://db.example:5432\n"
             "  sonde probe run shop --config /etc/sonde/sonde.yaml",
             &read_probe_run},
};
static_assert(kVerbs.size() == kProbeVerbCount);

}  // namespace

std::span<const VerbSpec> probe_verbs() { return kVerbs; }

}  // namespace sonde::cli
