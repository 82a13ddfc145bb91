#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "host/cgroup_hierarchy.h"
#include "host/host_files.h"

namespace sonde::host {

/// What the kernel counts for a cgroup and all those in it, as long as it exists; times in nanoseconds.
enum class CgroupCounter : std::uint8_t {
  kUser,
  kSystem,
  kThrottled,
  kThrottledPeriods,
  kPeriods,
  kMinorFaults,
  kMajorFaults,
  kRead,
  kWritten,
  kOomKills,
  kCpuWaiting,  ///< some task waited; stalled: all of them did (Documentation/accounting/psi.rst)
  kCpuStalled,
  kMemoryWaiting,
  kMemoryStalled,
  kIoWaiting,
  kIoStalled,
  kCount
};

enum class CgroupGauge : std::uint8_t { kMemory, kWorkingSet, kRss, kSwap, kProcesses, kCount };

/// What was read of one cgroup; none where there is no such file, number or controller.
struct CgroupSample {
  std::array<std::optional<std::uint64_t>, static_cast<std::size_t>(CgroupCounter::kCount)> counters;
  std::array<std::optional<std::uint64_t>, static_cast<std::size_t>(CgroupGauge::kCount)> gauges;

  std::optional<std::uint64_t>& operator[](CgroupCounter counter) {
    return counters[static_cast<std::size_t>(counter)];
  }
  std::optional<std::uint64_t>& operator[](CgroupGauge gauge) { return gauges[static_cast<std::size_t>(gauge)]; }
};

CgroupSample read_sample(HostFiles& files, const CgroupHierarchy& hierarchy, std::string_view path);

enum class CgroupLimit : std::uint8_t { kCpuCores, kMemoryBytes, kProcesses, kCount };

/// Which controller has the limit.
CgroupController controller_of(CgroupLimit limit);

/// A limit and the cgroup that sets it.
struct FoundLimit {
  double value = 0;
  std::string path;
};

/// Finds limits, and reads each file once.
/// threads: one at a time.
class CgroupLimits {
 public:
  explicit CgroupLimits(HostFiles& files) : files_(files) {}

  /// The smallest one on the way up to the root, but of processes the cgroup's own; none if there is none.
  std::optional<FoundLimit> find(const CgroupHierarchy& hierarchy, std::string_view path, CgroupLimit limit);

 private:
  std::optional<double> read_once(const CgroupHierarchy& hierarchy, std::string_view path, CgroupLimit limit);

  HostFiles& files_;
  std::unordered_map<std::string, std::optional<double>> known_;
};

}  // namespace sonde::host
