#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/language.h"
#include "rules/types.h"

namespace sonde::rules {

/// What a rule file says, as far as it is sound.
struct RuleFile {
  std::vector<Group> groups;
  std::vector<RuleFault> faults;  ///< in the file's order; not empty: the file must not be used
};

/// Whose annotations named sonde_* are.
enum class Dialect : std::uint8_t {
  kSonde,       ///< settings
  kPrometheus,  ///< annotations like any other
};

struct ReadOptions {
  std::chrono::nanoseconds default_interval = std::chrono::seconds{10};  ///< of groups that give none
  Dialect dialect = Dialect::kSonde;
};

/// Reads a rule file of Prometheus 3 (model/rulefmt), in which annotations named sonde_* set what Prometheus has not
/// (docs/rules.md). Finds every fault, in YAML, expressions, templates and settings.
/// `file` is what faults and groups call it.
RuleFile read_rule_file(std::string_view text, const std::string& file, const Language& language,
                        const ReadOptions& options = {});

/// Gives each alerting rule of all files its uid, once they are together.
void name_rules(std::vector<Group>& groups);

}  // namespace sonde::rules
