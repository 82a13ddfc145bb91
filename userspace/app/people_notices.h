#pragma once

#include <span>
#include <string>

#include "alerts/types.h"
#include "app/roster.h"
#include "base/clock.h"
#include "notify/types.h"

namespace sonde::app {

std::string name_or_nobody(const std::string& person);

/// Tells that somebody else is on call, with the incidents that are open.
notify::Notification handover_notice(const Handover& handover, std::span<const alerts::Incident> incidents,
                                     const std::string& host, WallTime now);

/// Tells that nobody is called any more for an incident that is open, and why that was found.
notify::Notification missed_notice(const alerts::Incident& incident, const std::string& what, const std::string& host,
                                   WallTime now);

}  // namespace sonde::app
