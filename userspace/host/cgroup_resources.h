#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "host/cgroup_hierarchy.h"
#include "host/cgroup_sample.h"
#include "host/host_files.h"
#include "host/reading_writer.h"

namespace sonde::host {

/// Where a service's processes live in the cgroup hierarchies, from the text of /proc/PID/cgroup (cgroups(7)).
struct ServiceCgroup {
  std::string service;
  std::string container_id;  ///< empty if none
  std::string cgroup_text;   ///< of any one of its processes
};

/// Reads the files of the cgroups that belong to one service alone: CPU, throttling, memory, pressure, I/O; from
/// version 1, version 2 or hybrid hierarchies, whichever controller is where. A hierarchy's root belongs to nobody.
/// Of a service with several cgroups it writes sums. Its counters begin with what the cgroups have that it has at
/// first; one that joins them later counts from then on, one that was made again from its beginning, and what one
/// counted that is gone stays. Limits are there if each of its cgroups has one; one that a common parent sets is in the
/// sum once. threads: one at a time.
class CgroupResources {
 public:
  explicit CgroupResources(HostFiles& files);

  /// Writes container_* and sonde_container_* readings. A cgroup that two services share, or that has another service's
  /// cgroup in it, is left out; one that is gone, or whose files cannot be read, gives what it can.
  void write(const std::vector<ServiceCgroup>& cgroups, ReadingWriter& out);

 private:
  static constexpr auto kCounters = static_cast<std::size_t>(CgroupCounter::kCount);
  static constexpr auto kGauges = static_cast<std::size_t>(CgroupGauge::kCount);
  static constexpr auto kLimits = static_cast<std::size_t>(CgroupLimit::kCount);
  using Owner = std::pair<std::string, std::string>;  // service, container_id

  struct Counts {
    std::array<std::uint64_t, kCounters> values{};
    std::bitset<kCounters> has;
  };

  struct Known {
    std::uint64_t inode = 0;
    bool is_whole = false;  // counts from the cgroup's beginning
    Counts last;
    std::uint64_t pass = 0;  // the last one in which it was read
  };

  struct Limit {
    std::map<std::string, double> by_setter;  // path of the cgroup that sets it
    bool is_missing = false;                  // for one of the cgroups
  };

  /// A service's cgroups in one pass.
  struct Now {
    std::array<std::optional<std::uint64_t>, kGauges> gauges;
    std::array<Limit, kLimits> limits;
    bool has_cpuacct = false;  // version 1 says how long they ran
  };

  struct Series {
    Counts totals;
    std::uint64_t first_pass = 0;
    std::uint64_t pass = 0;  // the last one in which it had a cgroup
    Now now;
  };

  struct OwnCgroup {
    const CgroupHierarchy* hierarchy = nullptr;
    std::string path;
    Series* series = nullptr;
  };

  std::vector<OwnCgroup> find_own(const std::vector<ServiceCgroup>& cgroups);
  void read(const OwnCgroup& own);
  void count(const OwnCgroup& own, std::uint64_t inode, const CgroupSample& sample);
  void read_limits(const OwnCgroup& own, CgroupLimits& limits);
  void write_usage(ReadingWriter& out) const;
  void write_limits(ReadingWriter& out) const;
  void forget(std::size_t living);

  HostFiles& files_;
  std::vector<CgroupHierarchy> hierarchies_;
  std::unordered_map<std::string, Known> known_;  // by folder and path
  std::map<Owner, Series> series_;
  std::uint64_t pass_ = 0;
};

}  // namespace sonde::host
