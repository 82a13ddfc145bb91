#pragma once

#include <string>

namespace sonde::app {

/// What one file of tests came to.
struct RuleTestReport {
  std::string text;  ///< for people, as promtool prints it
  bool passed = false;
};

/// Runs all tests of a file over the rule files that it names.
RuleTestReport run_rule_test_file(const std::string& path, bool judge);

}  // namespace sonde::app
