#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "capture/types.h"

namespace sonde::cli {

/// What one service did over the window, as the daemon tells it. Quantiles and ratios are absent without requests.
struct TopRow {
  std::string service;  ///< safe to print: no control characters
  std::string role;     ///< "server" or "client"
  std::uint64_t requests = 0;
  double requests_per_second = 0;
  std::optional<double> p50_seconds = std::nullopt;
  std::optional<double> p95_seconds = std::nullopt;
  std::optional<double> p99_seconds = std::nullopt;
  std::optional<double> client_error_ratio = std::nullopt;
  std::optional<double> error_ratio = std::nullopt;
  double covered_seconds = 0;
};

/// What the daemon says of itself: its sensors, and what it could not measure.
struct DaemonSensors {
  std::vector<capture::SensorReport> sensors;
  std::vector<capture::Loss> losses;
};

/// Something that happened, as the daemon tells it. Texts are safe to print: no control characters.
struct EventRow {
  std::uint64_t id = 0;
  WallTime at;
  std::string moment;    ///< the same as the daemon wrote it, RFC 3339
  std::string event;     ///< such as "oom_kill"
  std::string service;   ///< empty if it concerns the host
  std::int32_t pid = 0;  ///< 0: none
  std::string what;
};

/// Reads the answer of /api/sonde/v1/services.  errors: kBadInput, naming the field.
Expected<std::vector<TopRow>, Error> parse_services(std::string_view json);

/// Reads the answer of /api/sonde/v1/sensors.  errors: kBadInput, naming the field.
Result<DaemonSensors> parse_sensors(std::string_view json);

/// Reads the answer of /api/sonde/v1/events.  errors: kBadInput, naming the field.
Result<std::vector<EventRow>> parse_events(std::string_view json);

}  // namespace sonde::cli
