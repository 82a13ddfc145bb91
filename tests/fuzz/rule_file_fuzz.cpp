// A rule file: what a person or a generator has written. Whatever it says, it ends in groups or in faults with places.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <utility>

#include "app/rule_sandbox.h"
#include "rules/rule_file.h"

namespace {

using namespace sonde;

void require(bool holds) {
  if (!holds) std::abort();
}

const rules::Language& language() {
  static const auto sandbox =
      *app::RuleSandbox::create({.max_samples = 10'000, .max_depth = 50, .max_expression_bytes = 4096});
  return sandbox->language();
}

void check(std::string_view text, rules::Dialect dialect) {
  rules::RuleFile file = rules::read_rule_file(text, "f", language(), {.dialect = dialect});
  for (const rules::RuleFault& fault : file.faults)
    require(!fault.what.empty() && fault.line >= 0 && fault.column >= 0);
  if (!file.faults.empty()) return;
  rules::name_rules(file.groups);
  for (const rules::Group& group : file.groups) {
    require(!group.name.empty() && group.interval.count() > 0);
    for (const rules::Rule& rule : group.rules) {
      require(rule.alert.empty() != rule.record.empty() && rule.uid.empty() == rule.alert.empty());
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check(text, rules::Dialect::kSonde);
  check(text, rules::Dialect::kPrometheus);
  return 0;
}
