#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "rules/types.h"
#include "store/types.h"

namespace sonde::rules {

/// What every service did, by how much of the past it looks at.
using WindowsByLength = std::map<std::chrono::nanoseconds, std::vector<store::ServiceWindow>>;

/// The service's own policy, or the defaults.
const Policy& policy_for(const RulePack& pack, const std::string& service);

/// The window lengths evaluate() must be given, shortest first.
std::vector<std::chrono::nanoseconds> windows_needed(const RulePack& pack);

/// Judges the server side of every service over the window its policy asks for: each rule at both severities, so a
/// critical breach is always a warning breach too. What a service asks of others is not judged.
/// shape: four findings for each service.
std::vector<ServiceFinding> evaluate(const RulePack& pack, const WindowsByLength& windows);

}  // namespace sonde::rules
