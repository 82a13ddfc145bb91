#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/answers.h"
#include "cli/types.h"

namespace sonde::cli {

/// Asks a running daemon what every service did over the window.  errors: those of http_get and parse_services.
Result<std::vector<TopRow>> fetch_services(const DaemonAddress& address, std::chrono::nanoseconds window);

/// Asks a running daemon for its sensors and losses.  errors: those of http_get and parse_sensors.
Result<DaemonSensors> fetch_sensors(const DaemonAddress& address);

/// What is asked of the log of events.
struct EventsQuestion {
  std::chrono::nanoseconds since = std::chrono::hours{1};
  std::optional<std::string> service = std::nullopt;
  std::size_t limit = 100;
};

/// Asks a running daemon what happened, oldest first.  errors: those of http_get and parse_events.
Result<std::vector<EventRow>> fetch_events(const DaemonAddress& address, const EventsQuestion& question);

}  // namespace sonde::cli
