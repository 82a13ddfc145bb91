#pragma once

#include <span>
#include <string>
#include <vector>

#include "alerts/types.h"
#include "rules/types.h"

namespace sonde::alerts {

/// A problem that fires, as inhibition sees it.
struct Inhibitable {
  const Problem* problem = nullptr;
  std::span<const rules::Inhibitor> inhibited_by;
};

/// The alerts that make each of the problems redundant, by name.
///
/// An alert makes no other of its own name redundant unless that one's service depends on its own. Of problems that
/// inhibit each other in a circle, and that nothing else inhibits, one is spared: rather one that has been told.
/// shape: as `problems`; names sorted, each once.
std::vector<std::vector<std::string>> inhibitors_of(std::span<const Inhibitable> problems,
                                                    std::span<const Dependency> dependencies);

}  // namespace sonde::alerts
