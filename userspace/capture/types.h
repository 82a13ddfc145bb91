#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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
  std::uint32_t ring_bytes = 8U << 20U;  ///< a power of two, at least one page
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
