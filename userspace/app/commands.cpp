#include "app/commands.h"

#include <unistd.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/command_output.h"
#include "app/heap_keeper.h"
#include "app/hub.h"
#include "app/load_parts.h"
#include "app/log.h"
#include "app/offline_rules.h"
#include "app/rule_set.h"
#include "app/sensors.h"
#include "app/version.h"
#include "app/wiring.h"
#include "base/clock.h"
#include "cli/doctor.h"
#include "cli/events.h"
#include "cli/host_checks.h"
#include "cli/query.h"
#include "cli/series.h"
#include "cli/top_loop.h"
#include "config/load.h"
#include "config/target.h"

namespace sonde::app {
namespace {

/// What the command line says wins over the file; targets given there replace the file's.
Result<config::Config> effective_config(const cli::RunCommand& command) {
  config::Config config = SONDE_TRY(load_config(command.config));
  if (!command.only.empty()) config.capture.targets = {};
  for (const std::string& item : command.only) {
    if (auto parsed = config::parse_target(item, config.capture.targets); !parsed) {
      return std::move(parsed).error().with("--only " + item);
    }
  }
  if (command.listen) config.server.listen = *command.listen;
  if (command.log_level) config.log.level = *command.log_level;
  if (command.log_format) config.log.format = *command.log_format;
  return config;
}

/// Empty: it went well.
template <class T>
std::string outcome_of(const Result<T>& ran) {
  return ran ? "" : ran.error().what;
}

}  // namespace

int run(const cli::RunCommand& command) {
  auto config = effective_config(command);
  if (!config) return fail(config.error().what);
  start_log(config->log);
  for (const config::ConfigFault& notice : config->notices) {
    log_warning("the configuration has what has no effect, continuing", {{"what", config::render_fault(notice)}});
  }
  bound_free_memory();
  const ConfigReader read = [&command] { return effective_config(command); };
  const auto fault =
      command.is_hub ? outcome_of(run_hub(*config, read)) : outcome_of(run_daemon(*config, Role::kHost, read));
  if (fault.empty()) return 0;
  log_error("Sonde does not run", {{"why", fault}});
  return 1;
}

int run(const cli::CheckCommand& command) {
  const auto loaded = config::load_file(command.path, load_parts());
  if (!loaded) return fail_with(config::render_faults(loaded.error()), command.path, loaded.error().size());
  auto faults = check_rules_of(loaded->rules, command.path);
  if (!faults) return fail(faults.error().what);
  if (!faults->empty()) return fail_with(render_faults(*faults), command.path, faults->size());
  print(command.path + ": no fault found\n" + config::render_faults(loaded->notices));
  return 0;
}

int run(const cli::DoctorCommand& command) {
  auto config = load_config(command.config);
  if (!config) return fail(config.error().what);
  // Whether it attaches is all that is asked: aimed at this process, which is never measured, it sees nothing.
  config->capture.targets = {.ports = {}, .pids = {::getpid()}, .cgroup_paths = {}, .process_names = {}};
  const Sensors sensors = open_sensors(config->capture);
  const cli::DoctorReport report{.sensors = sensors.reports, .checks = cli::check_host(cli::read_host_facts())};
  print(cli::render_doctor(report, command.output));
  return cli::diagnose(report) == cli::Diagnosis::kNothing ? 1 : 0;
}

int run(const cli::TopCommand& command) {
  const SystemClock clock;
  const auto shown = cli::run_top(
      command, [&] { return cli::fetch_top(command); }, clock);
  return shown ? 0 : fail(shown.error().what);
}

int run(const cli::QueryCommand& command) {
  const auto shown = cli::run_query(command, SystemClock());
  return shown ? 0 : fail(shown.error().what);
}

int run(const cli::SeriesCommand& command) {
  const auto shown = cli::run_series(command, SystemClock());
  return shown ? 0 : fail(shown.error().what);
}

int run(const cli::EventsCommand& command) {
  const auto shown = cli::run_events(command, cli::events_of(command.address));
  return shown ? 0 : fail(shown.error().what);
}

int run(const cli::VersionCommand&) {
  print("sonde " + std::string(kVersion));
  return 0;
}

}  // namespace sonde::app
