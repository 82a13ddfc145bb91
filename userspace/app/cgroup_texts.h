#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "app/swept_process.h"
#include "base/clock.h"
#include "host/cgroup_resources.h"
#include "inventory/process_source.h"

namespace sonde::app {

/// Keeps the cgroups of processes from sweep to sweep, so that /proc/PID/cgroup is not read for each of them each time.
/// threads: the host thread alone.
class CgroupTexts {
 public:
  /// owner: the caller keeps `source` alive.
  explicit CgroupTexts(const inventory::ProcessSource& source) : source_(source) {}

  /// The text of /proc/PID/cgroup as it was lately; what is known of a process that is gone, or on its way out, stays
  /// until the next sweep. Empty if it could never be read in time. Valid until the next call.
  const std::string& text_of(const decode::ProcessFacts& process, KernelTime now);

  /// The cgroups of every service of the sweep, each once.
  std::vector<host::ServiceCgroup> of(std::span<const SweptProcess> swept, KernelTime now);

 private:
  struct Known {
    std::uint64_t started_ns = 0;
    std::uint64_t cgroup_id = 0;
    KernelTime read_at;
    std::uint64_t used_in_round = 0;
    std::string text;
  };

  const inventory::ProcessSource& source_;
  std::unordered_map<std::int32_t, Known> known_;  // by pid
  std::uint64_t round_ = 0;
};

/// The path by which memory is limited, from the text of /proc/PID/cgroup: version 1's memory hierarchy, else
/// version 2.
std::string_view memory_cgroup(std::string_view cgroup_text);

}  // namespace sonde::app
