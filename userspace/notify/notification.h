#pragma once

#include <span>
#include <string>

#include "alerts/types.h"
#include "host/types.h"
#include "notify/types.h"

namespace sonde::notify {

/// What people are told of a transition. The dedup key names the occurrence: host, rule, service, severity and start.
/// The newest five of `events`, which come oldest first, are its evidence.
Notification make_notification(const alerts::Transition& transition, const std::string& host,
                               std::span<const host::Event> events = {});

}  // namespace sonde::notify
