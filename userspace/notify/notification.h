#pragma once

#include <string>

#include "alerts/types.h"
#include "notify/types.h"

namespace sonde::notify {

/// What people are told of a transition. The dedup key names the occurrence: host, rule, service, severity and start.
Notification make_notification(const alerts::Transition& transition, const std::string& host);

}  // namespace sonde::notify
