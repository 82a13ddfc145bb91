#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "capture/block_sensor.h"
#include "capture/process_sensor.h"
#include "capture/tcp_sensor.h"
#include "capture/traffic_sensor.h"
#include "capture/types.h"

namespace sonde::app {

/// What one sensor lost.
struct SensorLoss {
  std::string sensor;
  capture::Loss loss;
};

/// Every sensor that works, each a failure domain of its own: one that is off takes nobody with it.
/// threads: hook_costs and losses from any.
struct Sensors {
  std::unique_ptr<capture::TcpSensor> tcp;
  std::unique_ptr<capture::TrafficSensor> traffic;  ///< ends before tcp, whose map it writes to
  std::unique_ptr<capture::ProcessSensor> process;
  std::unique_ptr<capture::BlockSensor> block;
  std::vector<capture::SensorReport> reports;  ///< all of them, also those that are off

  /// Whether any service can be measured; latencies of disks alone are not worth a daemon.
  [[nodiscard]] bool any() const { return tcp || traffic || process; }
  [[nodiscard]] std::vector<capture::HookCost> hook_costs() const;
  [[nodiscard]] std::vector<SensorLoss> losses() const;
};

/// Opens what can be opened; any() tells whether something was.
Sensors open_sensors(const capture::CaptureOptions& options);

}  // namespace sonde::app
