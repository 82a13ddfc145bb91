#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/answers.h"
#include "cli/http_client.h"
#include "cli/prometheus_answer.h"
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

/// What is asked of the daemon's Prometheus API.
struct PrometheusQuestion {
  std::string path;  ///< such as /api/v1/query
  std::vector<FormField> fields;
  std::chrono::nanoseconds timeout = std::chrono::seconds{30};
};

/// Asks a running daemon as one asks a Prometheus, with POST.
/// errors: those of http_post_form, refusal and parse_prometheus_answer.
Result<PrometheusAnswer> ask_prometheus(const DaemonAddress& address, const PrometheusQuestion& question);

}  // namespace sonde::cli
