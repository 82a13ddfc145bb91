#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "rules/language.h"
#include "rules/types.h"
#include "store/types.h"

namespace sonde::app {

/// All rules that are to be judged by, of the pack and of files.
struct RuleSet {
  std::vector<rules::Group> groups;
  std::vector<rules::RuleFault> faults;  ///< not empty: the set must not be used
  std::vector<rules::RuleText> files;    ///< what it was read from, besides the pack
};

/// Reads the built-in rules as the options have them, and every file the options name.
RuleSet load_rules(const rules::RuleOptions& options, const rules::Language& language);

/// The same, with these files for those that the options name.
RuleSet read_rules(const rules::RuleOptions& options, std::vector<rules::RuleText> files,
                   const rules::Language& language);

/// Changes whenever a file that the options name does, or comes, or goes.
std::string stamp_of(const rules::RuleOptions& options);

/// "FILE:LINE:COLUMN: WHAT"
std::string render_fault(const rules::RuleFault& fault);

/// A line each.
std::string render_faults(const std::vector<rules::RuleFault>& faults);

/// What must be sampled more often than `interval`, because a group is evaluated more often.
std::vector<store::SamplingDemand> demands_of(const std::vector<rules::Group>& groups,
                                              std::chrono::nanoseconds interval);

}  // namespace sonde::app
