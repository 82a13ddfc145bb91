#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace sonde::host {

/// user, nice, system, idle, iowait, irq, softirq, steal, guest, guest_nice: the order of /proc/stat.
constexpr std::size_t kCpuModes = 10;

/// What one CPU did since it came up.
struct CpuTimes {
  std::uint64_t cpu = 0;
  std::array<double, kCpuModes> seconds{};
};

/// A file of sysfs that counts how often a core, or a whole package, was slowed down for heat.
struct ThrottleFile {
  std::string name;
  std::string package;
  std::string core;  ///< empty if it counts for the package
};

/// What the cpu collector keeps from one pass to the next.
struct CpuBook {
  std::vector<CpuTimes> times;               ///< as exported
  std::vector<ThrottleFile> throttle_files;  ///< of the CPUs in `times`
};

}  // namespace sonde::host
