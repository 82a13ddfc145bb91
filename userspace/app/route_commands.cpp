#include <chrono>
#include <string>
#include <variant>

#include "app/command_output.h"
#include "app/commands.h"
#include "app/offline_routes.h"
#include "base/clock.h"
#include "config/load.h"

namespace sonde::app {
namespace {

using Loaded = Expected<OfflineRoutes, std::vector<config::ConfigFault>>;

int tell_faults(const Loaded& loaded, const std::string& path) {
  return fail_with(config::render_faults(loaded.error()), path, loaded.error().size());
}

WallTime moment_of(const std::optional<cli::Moment>& at) {
  const WallTime now = SystemClock().now();
  if (!at) return now;
  if (const auto* moment = std::get_if<WallTime>(&*at)) return *moment;
  return now - std::get<std::chrono::nanoseconds>(*at);
}

}  // namespace

int run(const cli::RoutesCheckCommand& command) {
  int exit_code = 0;
  for (const std::string& path : command.files) {
    const Loaded loaded = load_routes(path);
    if (loaded) {
      print(summary_of(*loaded, path));
    } else {
      exit_code = tell_faults(loaded, path);
    }
  }
  return exit_code;
}

int run(const cli::RoutesShowCommand& command) {
  const Loaded loaded = load_routes(command.config_file);
  if (!loaded) return tell_faults(loaded, command.config_file);
  print(command.output == cli::OutputFormat::kJson ? routes_as_json(loaded->tree) : draw_routes(loaded->tree));
  return 0;
}

int run(const cli::RoutesTestCommand& command) {
  const Loaded loaded = load_routes(command.config_file);
  if (!loaded) return tell_faults(loaded, command.config_file);
  const auto labels = parse_label_pairs(command.labels);
  if (!labels) return fail(labels.error().what);
  const auto matches = loaded->tree.match(*labels);
  const std::string receivers = receivers_of(matches);
  const WallTime at = moment_of(command.at);
  if (command.output == cli::OutputFormat::kJson) {
    print(matches_as_json(matches, *loaded, at));
  } else {
    if (command.tree) print(describe_matches(matches, *loaded, at));
    print(receivers);
  }
  if (!command.verify_receivers || *command.verify_receivers == receivers) return 0;
  return fail("the receivers are " + receivers + ", not " + *command.verify_receivers);
}

}  // namespace sonde::app
