#pragma once

#include <chrono>
#include <vector>

#include "base/clock.h"
#include "cli/answers.h"

namespace sonde::cli {

/// Three services: a quiet one, a busy one with a long name, and one that is in trouble.
inline std::vector<TopRow> sample_rows() {
  return {
      TopRow{"nginx", "server", 1200, 20.0, 0.00085, 0.0123, 1.25, 0.01, 0.0, 60},
      TopRow{"payments-gateway-worker-eu-west-1", "client", 72'000, 1200.0, 0.0021, 0.0045, 0.0098, 0.0, 0.004, 60},
      TopRow{"reports", "server", 30, 0.5, 0.4, 6.5, 75.0, 0.0, 0.1, 60},
  };
}

inline DaemonSensors sample_sensors() {
  return DaemonSensors{{capture::SensorReport{"traffic", "tp_btf", capture::SensorState::kOn, "", ""}},
                       {capture::Loss{"record_gap", 3}, capture::Loss{"ring_full", 12}, capture::Loss{"idle", 0}}};
}

/// Stands still at 2026-03-01 14:03:07 UTC.
class StoppedClock final : public Clock {
 public:
  [[nodiscard]] WallTime now() const override { return WallTime{std::chrono::seconds{1'772'373'787}}; }
  [[nodiscard]] KernelTime kernel_now() const override { return KernelTime{}; }
};

}  // namespace sonde::cli
