#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "rules/types.h"

namespace sonde::alerts {

/// Tells texts of a rule that judge alike from those that do not: stays the same over restarts, whatever the file's
/// name, the order in it, comments, annotations, and who is told.
std::uint64_t revision_of(const rules::Rule& rule);

struct CataloguedRule {
  rules::Rule rule;
  std::chrono::nanoseconds interval{0};
  std::uint64_t revision = 0;
};

/// The alerting rules by uid.
using RuleCatalog = std::map<std::string, CataloguedRule, std::less<>>;

RuleCatalog catalogue(const std::vector<rules::Group>& groups);

}  // namespace sonde::alerts
