#include "app/rule_set.h"

#include <glob.h>
#include <sys/stat.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/file.h"
#include "base/yaml_document.h"
#include "rules/pack.h"
#include "rules/rule_file.h"

namespace sonde::app {
namespace {

/// Paths that match, sorted. A pattern without wildcards is a path that must be there.
std::vector<std::string> expand_paths(const std::vector<std::string>& patterns) {
  std::vector<std::string> paths;
  for (const std::string& pattern : patterns) {
    glob_t found{};
    if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
      paths.insert(paths.end(), found.gl_pathv, found.gl_pathv + found.gl_pathc);
    } else if (pattern.find_first_of("*?[") == std::string::npos) {
      paths.push_back(pattern);
    }
    ::globfree(&found);
  }
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  return paths;
}

void take(rules::RuleFile file, RuleSet& set) {
  std::move(file.groups.begin(), file.groups.end(), std::back_inserter(set.groups));
  std::move(file.faults.begin(), file.faults.end(), std::back_inserter(set.faults));
}

}  // namespace

RuleSet load_rules(const rules::RuleOptions& options, const rules::Language& language) {
  std::vector<rules::RuleText> files;
  std::vector<rules::RuleFault> unreadable;
  for (const std::string& path : expand_paths(options.files)) {
    auto text = read_file(path, kMaxFileBytes);
    if (text) {
      files.push_back({path, *std::move(text)});
    } else {
      unreadable.push_back({path, 0, 0, text.error().what});
    }
  }
  RuleSet set = read_rules(options, std::move(files), language);
  std::move(unreadable.begin(), unreadable.end(), std::back_inserter(set.faults));
  return set;
}

RuleSet read_rules(const rules::RuleOptions& options, std::vector<rules::RuleText> files,
                   const rules::Language& language) {
  RuleSet set;
  set.faults = rules::check_options(options);
  for (const rules::PackText& part : rules::render_pack(options)) {
    take(rules::read_rule_file(part.text, part.file, language), set);
  }
  for (const rules::RuleText& file : files) take(rules::read_rule_file(file.text, file.file, language), set);
  rules::name_rules(set.groups);
  set.files = std::move(files);
  return set;
}

std::string stamp_of(const rules::RuleOptions& options) {
  std::string stamp;
  for (const std::string& path : expand_paths(options.files)) {
    struct stat facts {};
    stamp += path;
    if (::stat(path.c_str(), &facts) != 0) continue;
    for (const auto part : {static_cast<long long>(facts.st_mtim.tv_sec), static_cast<long long>(facts.st_mtim.tv_nsec),
                            static_cast<long long>(facts.st_size), static_cast<long long>(facts.st_ino)}) {
      stamp += ' ' + std::to_string(part);
    }
    stamp += '\n';
  }
  return stamp;
}

std::string render_fault(const rules::RuleFault& fault) {
  std::string text = fault.file.empty() ? std::string("rules") : fault.file;
  if (fault.line != 0) text += ':' + std::to_string(fault.line) + ':' + std::to_string(fault.column);
  return text + ": " + fault.what;
}

std::string render_faults(const std::vector<rules::RuleFault>& faults) {
  std::string text;
  for (const rules::RuleFault& fault : faults) text += render_fault(fault) + '\n';
  return text;
}

std::vector<store::SamplingDemand> demands_of(const std::vector<rules::Group>& groups,
                                              std::chrono::nanoseconds interval) {
  std::vector<store::SamplingDemand> demands;
  const auto add = [&](const std::vector<store::Matcher>& selector, std::chrono::nanoseconds each) {
    const auto same = [&](const store::SamplingDemand& other) {
      return other.matchers == selector && other.interval == each;
    };
    if (std::none_of(demands.begin(), demands.end(), same)) demands.push_back({selector, each});
  };
  for (const rules::Group& group : groups) {
    if (group.interval >= interval) continue;
    for (const rules::Rule& rule : group.rules) {
      for (const auto& selector : rule.facts.selectors) add(selector, group.interval);
    }
  }
  return demands;
}

}  // namespace sonde::app
