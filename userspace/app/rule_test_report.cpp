#include "app/rule_test_report.h"

#include <glob.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "app/offline_rules.h"
#include "app/rule_sandbox.h"
#include "app/rule_set.h"
#include "app/rule_test_run.h"
#include "base/file.h"
#include "base/yaml_document.h"
#include "rules/rule_file.h"

namespace sonde::app {
namespace {

/// Paths below the folder of the file that names them; a pattern that matches nothing is given back as it is.
std::vector<std::string> resolve(const std::string& test_path, const std::vector<std::string>& patterns) {
  const std::size_t slash = test_path.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : test_path.substr(0, slash + 1);
  std::vector<std::string> paths;
  for (const std::string& pattern : patterns) {
    const std::string path = pattern.starts_with('/') ? pattern : folder + pattern;
    glob_t found{};
    if (::glob(path.c_str(), 0, nullptr, &found) == 0) {
      paths.insert(paths.end(), found.gl_pathv, found.gl_pathv + found.gl_pathc);
    } else {
      paths.push_back(path);
    }
    ::globfree(&found);
  }
  return paths;
}

/// As group_eval_order says; the others come first, as for promtool.
void order(std::vector<rules::Group>& groups, const std::vector<std::string>& names) {
  const auto rank = [&](const rules::Group& group) {
    const auto found = std::find(names.begin(), names.end(), group.name);
    return found == names.end() ? std::ptrdiff_t{0} : found - names.begin();
  };
  std::stable_sort(groups.begin(), groups.end(),
                   [&](const rules::Group& first, const rules::Group& second) { return rank(first) < rank(second); });
}

RuleTestReport failed(const std::string& path, const std::string& lines) {
  return {"Unit Testing:  " + path + "\n  FAILED:\n" + lines + "\n", false};
}

}  // namespace

RuleTestReport run_rule_test_file(const std::string& path, bool judge) {
  const auto text = read_file(path, kMaxFileBytes);
  if (!text) return failed(path, "cannot be read: " + text.error().what + "\n");
  const RuleTestFile file = read_rule_test_file(*text, path);
  if (!file.faults.empty()) return failed(path, render_faults(file.faults));
  const auto reading = RuleSandbox::create();
  if (!reading) return failed(path, reading.error().what + "\n");
  FileRules found = read_rule_files(resolve(path, file.rule_files), (*reading)->language(),
                                    judge ? rules::Dialect::kSonde : rules::Dialect::kPrometheus);
  if (!found.faults.empty()) return failed(path, render_faults(found.faults));
  order(found.groups, file.group_order);
  std::string failures;
  for (const RuleTest& test : file.tests) {
    for (const std::string& failure : run_rule_test(file, test, found.groups).failures) failures += failure + "\n";
  }
  if (!failures.empty()) return failed(path, failures);
  return {"Unit Testing:  " + path + "\n  SUCCESS\n\n", true};
}

}  // namespace sonde::app
