#include <chrono>

#include "app/backtest.h"
#include "app/backtest_report.h"
#include "app/command_output.h"
#include "app/commands.h"
#include "app/daemon_ranges.h"
#include "app/offline_rules.h"
#include "app/rule_sandbox.h"
#include "app/rule_set.h"
#include "base/clock.h"
#include "cli/moment.h"
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

int run(const cli::RulesBacktestCommand& command) {
  const auto sandbox = RuleSandbox::create();
  if (!sandbox) return fail(sandbox.error().what);
  const FileRules files = read_rule_files(command.files, (*sandbox)->language());
  if (!files.faults.empty()) {
    return fail_with(render_faults(files.faults), "what was to be tested", files.faults.size());
  }
  const WallTime now{std::chrono::floor<std::chrono::seconds>(SystemClock().now())};
  const WallTime end = command.until ? cli::resolve(*command.until, now) : now;
  const BacktestPeriod period{end - command.since, end, command.step};
  const DaemonRanges source(command.address);
  // Who does not answer at all is told once.
  const auto first_ms = std::chrono::floor<std::chrono::milliseconds>(end.time_since_epoch()).count();
  if (const auto asked = source.range("1", {first_ms, first_ms, 1000}); !asked) return fail(asked.error().what);
  const auto rules = backtest(files.groups, period, (*sandbox)->language(), source);
  print(command.output == cli::OutputFormat::kJson ? backtest_as_json(rules, period) : backtest_as_text(rules, period));
  return 0;
}

}  // namespace sonde::app
