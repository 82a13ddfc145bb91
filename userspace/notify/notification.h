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

/// Where a runbook is to be read: `base` stands before those that are no URL.  shape: `base` may be empty.
std::string runbook_link(const std::string& runbook, const std::string& base);

/// A message that says it is none, to try a channel with.
Notification test_notification(const std::string& host, WallTime now);

}  // namespace sonde::notify
