#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/duration_bounds.h"

namespace sonde::capture {

/// Which traffic is measured: the union of everything listed; all empty means everything but Sonde itself.
struct TargetFilter {
  std::vector<std::uint16_t> ports;        ///< local or remote TCP port
  std::vector<std::int32_t> pids;          ///< process ids (thread groups) of the initial pid namespace
  std::vector<std::string> cgroup_paths;   ///< directories of a cgroup v2 hierarchy; everything below counts too
  std::vector<std::string> process_names;  ///< as in /proc/PID/comm, at most 15 bytes

  [[nodiscard]] bool empty() const {
    return ports.empty() && pids.empty() && cgroup_paths.empty() && process_names.empty();
  }
};

struct CaptureOptions {
  TargetFilter targets;
  std::uint32_t ring_bytes = 8U << 20U;        ///< of the traffic sensor; a power of two, at least one page
  std::uint32_t event_ring_bytes = 2U << 20U;  ///< of the tcp and the process sensor each; the same
  /// Of the traffic sensor: TcpSensor::first_use_map(), which must live until open has returned; -1 if that one is off.
  int first_use_map = -1;
};

enum class DatagramKind : std::uint8_t { kUdp = 0, kUnix = 1 };

constexpr std::string_view name_of(DatagramKind kind) {
  switch (kind) {
    case DatagramKind::kUdp:
      return "udp";
    case DatagramKind::kUnix:
      return "unix";
  }
  return "";
}

/// What a process has moved over sockets that are not TCP, since it was first seen.  shape: inbound, outbound.
struct DatagramTraffic {
  std::int32_t pid = 0;
  DatagramKind kind = DatagramKind::kUdp;
  std::array<std::uint64_t, 2> bytes{};
  std::array<std::uint64_t, 2> messages{};  ///< sends and receives that moved bytes; each datagram of a sendmmsg counts
  std::array<std::uint64_t, 2> errors{};    ///< system calls that failed, but for those that would have had to wait
};

enum class DiskOperation : std::uint8_t { kRead, kWrite, kDiscard, kFlush };

constexpr std::string_view name_of(DiskOperation operation) {
  switch (operation) {
    case DiskOperation::kRead:
      return "read";
    case DiskOperation::kWrite:
      return "write";
    case DiskOperation::kDiscard:
      return "discard";
    case DiskOperation::kFlush:
      return "flush";
  }
  return "";
}

/// How long the requests of one disk took, since the sensor's start.
struct DiskLatency {
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  DiskOperation operation = DiskOperation::kRead;
  std::array<std::uint64_t, kDurationBounds.size() + 1> counts{};  ///< per bucket of kDurationBounds; last: +Inf
  std::chrono::nanoseconds total{0};
  std::uint64_t errors = 0;
};

enum class SensorState : std::uint8_t { kOn, kDegraded, kOff };

constexpr std::string_view name_of(SensorState state) {
  switch (state) {
    case SensorState::kOn:
      return "on";
    case SensorState::kDegraded:
      return "degraded";
    case SensorState::kOff:
      return "off";
  }
  return "";
}

/// What became of one sensor at start: printed by `sonde doctor`, exported as sonde_sensor_up{sensor,variant}.
struct SensorReport {
  std::string sensor;   ///< "traffic"
  std::string variant;  ///< "tp_btf"; empty if off
  SensorState state = SensorState::kOff;
  std::string why;     ///< empty if on
  std::string remedy;  ///< what a person can do about it; empty if on
};

/// What one kernel hook has cost since it was attached; only counted while kernel.bpf_stats_enabled is 1.
struct HookCost {
  std::string hook;
  std::uint64_t runs = 0;
  std::uint64_t time_ns = 0;
};

/// Something that was not measured, by reason, since the start.
struct Loss {
  std::string reason;
  std::uint64_t count = 0;
};

}  // namespace sonde::capture
