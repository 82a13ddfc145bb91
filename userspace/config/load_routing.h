#pragma once

#include <vector>

#include "base/result.h"
#include "config/load.h"
#include "config/types.h"

namespace sonde::config {

/// Who is told, and through what.
struct RoutingParts {
  alerts::RoutingPlan plan;
  std::vector<notify::Receiver> receivers;
  std::vector<notify::Channel> channels;  ///< those of Sonde's own file, and those that receivers have of their own
  std::vector<ConfigFault> notices;       ///< of this reading
};

/// Reads the file of Alertmanager that a configuration names, which may have changed since it was loaded; where it
/// names none, what was loaded stands. errors: everything that is wrong in that file; what was loaded is still good.
/// threads: any.
Expected<RoutingParts, std::vector<ConfigFault>> load_routing(const Config& config, const LoadParts& parts);

}  // namespace sonde::config
