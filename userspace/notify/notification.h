#pragma once

#include <span>
#include <string>

#include "alerts/types.h"
#include "host/types.h"
#include "notify/types.h"

namespace sonde::notify {

/// The label service_name, or nothing.
std::string service_of(const store::Labels& labels);

/// What an incident's receiver is told. Its dedup key names the incident: it stays the same over restarts, reloads and
/// occurrences. The newest five of `events`, which come oldest first, are its evidence.
Notification make_notification(const alerts::Page& page, const std::string& host, std::span<const host::Event> events,
                               const NotifyOptions& options);

/// What an incident is called by all messages about it.
std::string dedup_key_of(const alerts::Incident& incident, const std::string& host);

/// The same of an alert that is no part of an incident. The dedup key names the occurrence: host, labels without the
/// severity, and start.
Notification make_notification(const alerts::Notice& notice, const std::string& host,
                               std::span<const host::Event> events = {});

/// Where a runbook is to be read: `base` stands before those that are no URL.  shape: `base` may be empty.
std::string runbook_link(const std::string& runbook, const std::string& base);

/// A message that says it is none, to try a channel with.
Notification test_notification(const std::string& host, WallTime now);

/// The message after `notification`, which says that all of it is over.
Notification end_of(Notification notification, WallTime now);

}  // namespace sonde::notify
