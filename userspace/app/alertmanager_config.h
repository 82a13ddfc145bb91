#pragma once

#include <string>

#include "alerts/types.h"
#include "notify/types.h"

namespace sonde::app {

/// A routing as an alertmanager.yml, for who asks /api/v2/status: amtool reads the routes out of it. Receivers have
/// only their names: what they hold is secret, or has no counterpart there.
/// shape: JSON, which is YAML, and which needs no rules about what to quote.
std::string alertmanager_config(const alerts::RoutingPlan& plan, const notify::NotifyOptions& notify);

}  // namespace sonde::app
