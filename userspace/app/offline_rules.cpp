#include "app/offline_rules.h"

#include <iterator>
#include <string_view>
#include <utility>

#include "app/rule_sandbox.h"
#include "app/rule_set.h"
#include "base/file.h"
#include "base/yaml_document.h"
#include "rules/pack.h"

namespace sonde::app {
namespace {

std::size_t count_rules(const std::vector<rules::Group>& groups) {
  std::size_t count = 0;
  for (const rules::Group& group : groups) count += group.rules.size();
  return count;
}

/// The texts of a file's groups, with the comments above them.
std::string groups_of(std::string_view text) {
  constexpr std::string_view kHead = "groups:\n";
  const std::size_t head = text.starts_with(kHead) ? 0 : text.find("\n" + std::string(kHead)) + 1;
  std::string groups(text.substr(0, head));
  groups += text.substr(head + kHead.size());
  if (!groups.ends_with('\n')) groups += '\n';
  return groups;
}

}  // namespace

FileRules read_rule_files(const std::vector<std::string>& paths, const rules::Language& language,
                          rules::Dialect dialect) {
  FileRules all;
  for (const std::string& path : paths) {
    const auto text = read_file(path, kMaxFileBytes);
    if (!text) {
      all.faults.push_back({path, 0, 0, "cannot be read: " + text.error().what});
      continue;
    }
    rules::RuleFile file = rules::read_rule_file(*text, path, language, {.dialect = dialect});
    if (file.faults.empty()) {
      const std::size_t count = count_rules(file.groups);
      all.sound += path + ": " + std::to_string(count) + (count == 1 ? " rule found\n" : " rules found\n");
    }
    std::move(file.groups.begin(), file.groups.end(), std::back_inserter(all.groups));
    std::move(file.faults.begin(), file.faults.end(), std::back_inserter(all.faults));
  }
  rules::name_rules(all.groups);
  return all;
}

Result<std::vector<rules::RuleFault>> check_rules_of(const rules::RuleOptions& options, const std::string& path) {
  const auto sandbox = SONDE_TRY(RuleSandbox::create());
  RuleSet set = load_rules(options, sandbox->language());
  for (rules::RuleFault& fault : set.faults) {
    if (fault.file.empty()) fault.file = path;
  }
  return std::move(set.faults);
}

Result<std::string> export_pack(const rules::RuleOptions& options) {
  if (!options.built_in) {
    return Error{Code::kBadConfig, "the configuration has no built-in rules: rules.built_in is false"};
  }
  std::string text =
      "# The built-in rules of Sonde, for Prometheus. `sonde rules export` writes this file; docs/rules.md says what "
      "the\n"
      "# annotations sonde_* mean, which Prometheus passes on.\ngroups:\n";
  for (const rules::PackText& part : rules::render_pack(options)) text += groups_of(part.text);
  return text;
}

}  // namespace sonde::app
