#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "app/rule_test_file.h"
#include "rules/types.h"

namespace sonde::app {

/// How a story went.
struct RuleTestOutcome {
  std::size_t checks = 0;
  std::vector<std::string> failures;  ///< each in lines for people
};

/// Tells a story to the rules, as promtool would: each group is evaluated at every evaluation interval from the epoch
/// on, and sees what its rules have recorded and raised before. `groups` are named, and in the order they are
/// evaluated. `judge`: the rules' own settings count, too, as for a daemon that has been up for a day; else they must
/// be read as Dialect::kPrometheus.
RuleTestOutcome run_rule_test(const RuleTestFile& file, const RuleTest& test, std::vector<rules::Group> groups);

}  // namespace sonde::app
