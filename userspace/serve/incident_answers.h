#pragma once

#include <span>
#include <string>

#include "alerts/types.h"
#include "history/types.h"
#include "notify/types.h"

namespace sonde::serve {

/// Everything people see of an incident.  units: times in RFC 3339, UTC; null where there is none.
/// `reviews`: its own is shown, if it is among them.
std::string incident_json(const alerts::Incident& incident, std::span<const alerts::Review> reviews = {});

/// `incidents`, each as above, and under `next` the path of older ones; null if these are the last.
std::string incidents_json(std::span<const alerts::Incident> incidents, std::span<const alerts::Review> reviews,
                           const std::string& next);

/// Why an order was not followed, with the incident as it is now: `error`, `incident`.
std::string refusal_json(const std::string& why, const alerts::Incident& incident,
                         std::span<const alerts::Review> reviews = {});

/// `entries`, the oldest first, and under `after` what to ask with for those that come next.
std::string timeline_json(std::span<const history::StoredEntry> entries, std::int64_t after);

std::string delivery_json(const notify::Delivery& delivery);

/// Under `deliveries`, in the order given.
std::string deliveries_json(std::span<const notify::Delivery> deliveries);

/// Under `alerts`, in the order given.
std::string past_alerts_json(std::span<const alerts::PastAlert> alerts);

}  // namespace sonde::serve
