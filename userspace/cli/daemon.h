#pragma once

#include <chrono>
#include <vector>

#include "base/result.h"
#include "cli/answers.h"
#include "cli/types.h"

namespace sonde::cli {

/// Asks a running daemon what every service did over the window.  errors: those of http_get and parse_services.
Result<std::vector<TopRow>> fetch_services(const DaemonAddress& address, std::chrono::nanoseconds window);

/// Asks a running daemon for its sensors and losses.  errors: those of http_get and parse_sensors.
Result<DaemonSensors> fetch_sensors(const DaemonAddress& address);

}  // namespace sonde::cli
