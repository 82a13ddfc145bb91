#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "rules/language.h"
#include "rules/rule_file.h"
#include "rules/types.h"

namespace sonde::app {

/// What rule files say, and what is wrong in them.
struct FileRules {
  std::vector<rules::Group> groups;      ///< named
  std::vector<rules::RuleFault> faults;  ///< of all files
  std::string sound;                     ///< "FILE: N rules found", a line for each file without a fault
};

FileRules read_rule_files(const std::vector<std::string>& paths, const rules::Language& language,
                          rules::Dialect dialect = rules::Dialect::kSonde);

/// Everything that is wrong in the rules a configuration gives. `path` is that of the configuration, for what is wrong
/// there.
Result<std::vector<rules::RuleFault>> check_rules_of(const rules::RuleOptions& options, const std::string& path);

/// The built-in rules as the options have them, as one rule file.  errors: kBadConfig if the options say there are
/// none.
Result<std::string> export_pack(const rules::RuleOptions& options);

}  // namespace sonde::app
