#include "app/command_output.h"
#include "app/commands.h"

namespace sonde::app {

int run(const cli::RulesListCommand&) { return fail("not yet"); }
int run(const cli::RulesExplainCommand&) { return fail("not yet"); }
int run(const cli::RulesBacktestCommand&) { return fail("not yet"); }

}  // namespace sonde::app
