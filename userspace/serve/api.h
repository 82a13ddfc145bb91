#pragma once

#include <chrono>
#include <span>
#include <string>

#include "alerts/types.h"
#include "capture/types.h"
#include "host/types.h"
#include "store/types.h"

namespace sonde::serve {

/// What each service did over the last `window`, under "services". What cannot be computed (quantiles and
/// ratios of no requests) is null.
std::string services_json(std::span<const store::ServiceWindow> services, std::chrono::nanoseconds window);

/// The state of every sensor, what its hooks cost, and what was not measured: "sensors", "hooks", "losses".
std::string sensors_json(std::span<const capture::SensorReport> sensors, std::span<const capture::HookCost> hooks,
                         std::span<const capture::Loss> losses);

/// Alerts that are pending, firing or recovering, under "alerts".  units: times in RFC 3339, UTC (fired_at is null
/// while pending).
std::string alerts_json(std::span<const alerts::Instance> instances);

/// What happened to services and to the host, under "events", in the order given.  units: times in RFC 3339, UTC, with
/// milliseconds. "service" is empty and "pid" 0 where an event has none.
std::string events_json(std::span<const host::Event> events);

}  // namespace sonde::serve
