#include "app/command_output.h"
#include "app/commands.h"
#include "cli/rules.h"

namespace sonde::app {

int run(const cli::RulesListCommand& command) {
  const auto shown = cli::run_rules_list(command);
  return shown ? 0 : fail(shown.error().what);
}

int run(const cli::RulesExplainCommand& command) {
  const auto shown = cli::run_rules_explain(command);
  return shown ? 0 : fail(shown.error().what);
}

int run(const cli::RulesBacktestCommand&) { return fail("not yet"); }

}  // namespace sonde::app
