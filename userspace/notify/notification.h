#pragma once

#include <span>
#include <string>

#include "alerts/types.h"
#include "host/types.h"
#include "notify/types.h"

namespace sonde::notify {

/// The label service_name, or nothing.
std::string service_of(const store::Labels& labels);

/// What people are told. The dedup key names the occurrence: host, labels without the severity, and start.
/// The newest five of `events`, which come oldest first, are its evidence.
Notification make_notification(const alerts::Notice& notice, const std::string& host,
                               std::span<const host::Event> events = {});

}  // namespace sonde::notify
