#include <string>
#include <utility>

#include "app/command_output.h"
#include "app/commands.h"
#include "app/offline_rules.h"
#include "app/rule_parameters.h"
#include "app/rule_sandbox.h"
#include "app/rule_set.h"
#include "app/rule_test_report.h"
#include "rules/pack.h"

namespace sonde::app {
namespace {

int check_config(const std::string& path) {
  auto config = load_config(path);
  if (!config) return fail(config.error().what);
  const auto faults = check_rules_of(config->rules, path);
  if (!faults) return fail(faults.error().what);
  if (!faults->empty()) return fail_with(render_faults(*faults), path, faults->size());
  print(path + ": no fault found in its rules");
  return 0;
}

Result<rules::RuleOptions> options_of(const std::optional<std::string>& path) {
  config::Config config = SONDE_TRY(load_config(path));
  return std::move(config.rules);
}

}  // namespace

int run(const cli::RulesCheckCommand& command) {
  if (command.config) return check_config(*command.config);
  const auto sandbox = RuleSandbox::create();
  if (!sandbox) return fail(sandbox.error().what);
  const FileRules found = read_rule_files(command.files, (*sandbox)->language());
  if (!found.sound.empty()) print(found.sound);
  if (found.faults.empty()) return 0;
  return fail_with(render_faults(found.faults), "what was checked", found.faults.size());
}

int run(const cli::RulesTestCommand& command) {
  bool all_passed = true;
  for (const std::string& path : command.files) {
    const RuleTestReport report = run_rule_test_file(path, command.judge);
    print(report.text);
    all_passed = all_passed && report.passed;
  }
  return all_passed ? 0 : 1;
}

int run(const cli::RulesExportCommand& command) {
  const auto options = options_of(command.config);
  if (!options) return fail(options.error().what);
  const auto text = export_pack(*options);
  if (!text) return fail(text.error().what);
  print(*text);
  return 0;
}

int run(const cli::RulesParametersCommand& command) {
  const auto options = options_of(command.config);
  if (!options) return fail(options.error().what);
  switch (command.output) {
    case cli::DocumentFormat::kTable:
      print(parameters_as_table(*options));
      break;
    case cli::DocumentFormat::kJson:
      print(parameters_as_json(*options));
      break;
    case cli::DocumentFormat::kMarkdown:
      print(parameters_as_markdown(*options));
      break;
  }
  return 0;
}

}  // namespace sonde::app
