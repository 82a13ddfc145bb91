#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/exponential_histogram.h"

namespace sonde::store {

/// What one service did over a window, on one side of its connections.
struct ServiceWindow {
  std::string service;
  bool server = true;                   ///< false: the requests it sent to others
  std::chrono::nanoseconds covered{0};  ///< how much of the asked-for window there is data for
  std::uint64_t requests = 0;
  std::uint64_t client_errors = 0;  ///< 4xx
  std::uint64_t server_errors = 0;  ///< 5xx, no response, or one the server broke off; as client: also one that was cut
  ExponentialHistogram duration;    ///< to the last byte
};

struct StoreOptions {
  std::chrono::nanoseconds tick = std::chrono::seconds{1};
  std::chrono::nanoseconds keep = std::chrono::minutes{15};
};

}  // namespace sonde::store
