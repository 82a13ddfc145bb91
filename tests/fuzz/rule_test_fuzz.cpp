// A file of unit tests of rules: it ends in faults with places, or in stories that can be told to a few rules.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "app/rule_sandbox.h"
#include "app/rule_test_file.h"
#include "app/rule_test_run.h"
#include "rules/rule_file.h"

namespace {

using namespace sonde;

constexpr std::string_view kRules =
    "groups: [{name: g, rules: [{record: 'a:b', expr: sum(up)}, {alert: A, expr: up == 0, for: 1m, labels: {severity: "
    "critical}, annotations: {summary: '{{ $labels.job }} {{ $value }}'}}]}]";

/// What would take long is no fault of the file's.
constexpr std::int64_t kMostSteps = 50;

void require(bool holds) {
  if (!holds) std::abort();
}

const std::vector<rules::Group>& groups() {
  static const std::vector<rules::Group> all = [] {
    const auto sandbox = *app::RuleSandbox::create();
    rules::RuleFile file = rules::read_rule_file(kRules, "r", sandbox->language());
    require(file.faults.empty());
    rules::name_rules(file.groups);
    return file.groups;
  }();
  return all;
}

bool is_short(const app::RuleTestFile& file, const app::RuleTest& test) {
  std::chrono::nanoseconds end{0};
  for (const app::AlertCheck& check : test.alerts) end = std::max(end, check.at);
  for (const app::ExpressionCheck& check : test.expressions) end = std::max(end, check.at);
  return end / file.evaluation_interval < kMostSteps && end / test.interval < kMostSteps && test.series.size() < 20;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const app::RuleTestFile file = app::read_rule_test_file({reinterpret_cast<const char*>(data), size}, "f");
  for (const rules::RuleFault& fault : file.faults) require(!fault.what.empty() && fault.line >= 0);
  if (!file.faults.empty()) return 0;
  require(file.evaluation_interval.count() > 0);
  for (const app::RuleTest& test : file.tests) {
    require(test.interval.count() > 0);
    if (is_short(file, test)) app::run_rule_test(file, test, groups());
  }
  return 0;
}
