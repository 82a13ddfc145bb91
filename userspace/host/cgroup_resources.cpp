#include "host/cgroup_resources.h"

#include <algorithm>
#include <utility>

namespace sonde::host {
namespace {

// An hour of passes: as long, what is not seen any more goes on where it was if it comes back.
constexpr std::uint64_t kKeepPasses = 360;
constexpr std::size_t kMostKept = 1U << 12U;
constexpr double kNsPerSecond = 1e9;

struct CounterRow {
  CgroupCounter counter;
  std::string_view name;
  std::string_view help;
  std::string_view tag;
  std::string_view tag_value;
  double per_unit = 1;
};

constexpr std::string_view kCpuTime = "container_cpu_time_seconds_total";
constexpr std::string_view kCpuTimeHelp = "Time the cgroup's tasks ran on a CPU.";
constexpr std::string_view kFaults = "container_paging_faults_total";
constexpr std::string_view kFaultsHelp = "Page faults in the cgroup; major ones had to read from storage.";
constexpr std::string_view kDiskIo = "container_disk_io_bytes_total";
constexpr std::string_view kDiskIoHelp = "Bytes that the cgroup read from and wrote to block devices.";
constexpr std::string_view kWaiting = "sonde_container_pressure_waiting_seconds_total";
constexpr std::string_view kWaitingHelp = "Time in which at least one task of the cgroup waited for the resource.";
constexpr std::string_view kStalled = "sonde_container_pressure_stalled_seconds_total";
constexpr std::string_view kStalledHelp =
    "Time in which all tasks of the cgroup that had work waited for the resource.";

constexpr std::array kCounterRows{
    CounterRow{CgroupCounter::kUser, kCpuTime, kCpuTimeHelp, "cpu_mode", "user", kNsPerSecond},
    CounterRow{CgroupCounter::kSystem, kCpuTime, kCpuTimeHelp, "cpu_mode", "system", kNsPerSecond},
    CounterRow{CgroupCounter::kThrottled, "sonde_container_cpu_throttled_seconds_total",
               "Time the cgroup's tasks were kept from running by its CPU limit.", "", "", kNsPerSecond},
    CounterRow{CgroupCounter::kThrottledPeriods, "sonde_container_cpu_throttled_periods_total",
               "Periods in which the cgroup used up its CPU limit.", "", ""},
    CounterRow{CgroupCounter::kPeriods, "sonde_container_cpu_periods_total",
               "Periods of the CPU limit in which the cgroup had something to run.", "", ""},
    CounterRow{CgroupCounter::kMinorFaults, kFaults, kFaultsHelp, "container_paging_fault_type", "minor"},
    CounterRow{CgroupCounter::kMajorFaults, kFaults, kFaultsHelp, "container_paging_fault_type", "major"},
    CounterRow{CgroupCounter::kRead, kDiskIo, kDiskIoHelp, "disk_io_direction", "read"},
    CounterRow{CgroupCounter::kWritten, kDiskIo, kDiskIoHelp, "disk_io_direction", "write"},
    CounterRow{CgroupCounter::kOomKills, "sonde_container_oom_kills_total",
               "Processes of the cgroup that the out-of-memory killer ended.", "", ""},
    CounterRow{CgroupCounter::kCpuWaiting, kWaiting, kWaitingHelp, "resource", "cpu", kNsPerSecond},
    CounterRow{CgroupCounter::kMemoryWaiting, kWaiting, kWaitingHelp, "resource", "memory", kNsPerSecond},
    CounterRow{CgroupCounter::kIoWaiting, kWaiting, kWaitingHelp, "resource", "io", kNsPerSecond},
    CounterRow{CgroupCounter::kCpuStalled, kStalled, kStalledHelp, "resource", "cpu", kNsPerSecond},
    CounterRow{CgroupCounter::kMemoryStalled, kStalled, kStalledHelp, "resource", "memory", kNsPerSecond},
    CounterRow{CgroupCounter::kIoStalled, kStalled, kStalledHelp, "resource", "io", kNsPerSecond},
};
static_assert(kCounterRows.size() == static_cast<std::size_t>(CgroupCounter::kCount), "every counter needs one row");

struct GaugeRow {
  std::string_view name;
  std::string_view help;
};

// In the order of CgroupGauge.
constexpr std::array kGaugeRows{
    GaugeRow{"container_memory_usage_bytes", "Memory of the cgroup, with its page cache."},
    GaugeRow{"container_memory_working_set_bytes",
             "Memory of the cgroup without page cache that was not used lately: what it cannot easily do without."},
    GaugeRow{"container_memory_rss_bytes", "Memory of the cgroup that no file is behind."},
    GaugeRow{"sonde_container_memory_swap_bytes", "Memory of the cgroup that is swapped out."},
    GaugeRow{"sonde_container_processes", "Processes and threads in the cgroup."},
};
static_assert(kGaugeRows.size() == static_cast<std::size_t>(CgroupGauge::kCount), "every gauge needs one row");

// In the order of CgroupLimit.
constexpr std::array kLimitRows{
    GaugeRow{"sonde_container_cpu_limit_cores",
             "CPUs that the cgroup may use at the same time on average; its own limit or a parent's, if that is less."},
    GaugeRow{"sonde_container_memory_limit_bytes",
             "Memory that the cgroup may have; its own limit or a parent's, if that is less."},
    GaugeRow{"sonde_container_processes_limit", "Processes and threads that the cgroup may have."},
};
static_assert(kLimitRows.size() == static_cast<std::size_t>(CgroupLimit::kCount), "every limit needs one row");

std::vector<Tag> tags_of(const std::pair<std::string, std::string>& owner) {
  std::vector<Tag> tags{{"service_name", owner.first}};
  if (!owner.second.empty()) tags.push_back({"container_id", owner.second});
  return tags;
}

}  // namespace

CgroupResources::CgroupResources(HostFiles& files) : files_(files) {}

void CgroupResources::write(const std::vector<ServiceCgroup>& cgroups, ReadingWriter& out) {
  ++pass_;
  // Read each time: some container engines mount controllers long after the boot.
  const auto mountinfo = files_.read_proc("self/mountinfo");
  hierarchies_ = mountinfo ? find_hierarchies(*mountinfo, files_.roots().cgroup) : std::vector<CgroupHierarchy>{};
  const std::vector<OwnCgroup> all = find_own(cgroups);
  CgroupLimits limits(files_);
  for (const OwnCgroup& own : all) {
    read(own);
    read_limits(own, limits);
  }
  write_usage(out);
  write_limits(out);
  forget(all.size());
}

std::vector<CgroupResources::OwnCgroup> CgroupResources::find_own(const std::vector<ServiceCgroup>& cgroups) {
  std::map<Owner, std::size_t> numbers;
  std::vector<const Owner*> owners;
  std::vector<CgroupClaim> claims;
  for (const ServiceCgroup& cgroup : cgroups) {
    const auto [owner, is_new] = numbers.try_emplace({cgroup.service, cgroup.container_id}, owners.size());
    if (is_new) owners.push_back(&owner->first);
    for (std::size_t i = 0; i < hierarchies_.size(); ++i) {
      auto path = find_cgroup(hierarchies_[i], cgroup.cgroup_text);
      if (path) claims.push_back({owner->second, i, *std::move(path)});
    }
  }
  std::vector<OwnCgroup> all;
  for (CgroupClaim& claim : keep_own(claims)) {
    const CgroupHierarchy& hierarchy = hierarchies_[claim.hierarchy];
    Series& series = series_[*owners[claim.owner]];
    if (series.first_pass == 0) series.first_pass = pass_;
    if (std::exchange(series.pass, pass_) != pass_) series.now = {};
    series.now.has_cpuacct |= !hierarchy.is_unified && hierarchy.has(CgroupController::kCpuacct);
    all.push_back({&hierarchy, std::move(claim.path), &series});
  }
  return all;
}

void CgroupResources::read(const OwnCgroup& own) {
  const auto inode = cgroup_inode(files_, *own.hierarchy, own.path);
  if (!inode) return;
  const CgroupSample sample = read_sample(files_, *own.hierarchy, own.path);
  count(own, *inode, sample);
  for (std::size_t i = 0; i < kGauges; ++i) {
    auto& sum = own.series->now.gauges[i];
    if (sample.gauges[i]) sum = sum.value_or(0) + *sample.gauges[i];
  }
}

void CgroupResources::count(const OwnCgroup& own, std::uint64_t inode, const CgroupSample& sample) {
  const auto [entry, is_new] = known_.try_emplace(own.hierarchy->folder + own.path);
  Known& known = entry->second;
  if (known.inode != inode) {
    // A cgroup that had this path in an earlier pass is gone, so this one cannot be old.
    const bool is_whole = !is_new || own.series->first_pass == pass_;
    known = Known{inode, is_whole, {}, 0};
  }
  known.pass = pass_;
  for (std::size_t i = 0; i < kCounters; ++i) {
    if (!sample.counters[i]) continue;
    const std::uint64_t now = *sample.counters[i];
    std::uint64_t& last = known.last.values[i];
    if (!known.last.has[i] && !known.is_whole) last = now;
    known.last.has.set(i);
    // It can fall in a cgroup that stays: when a block device goes away, or somebody writes to cpuacct.usage.
    const std::uint64_t growth = now - std::min(last, now);
    last = now;
    const bool is_run_time =
        i == static_cast<std::size_t>(CgroupCounter::kUser) || i == static_cast<std::size_t>(CgroupCounter::kSystem);
    if (is_run_time && own.hierarchy->is_unified && own.series->now.has_cpuacct) continue;
    own.series->totals.values[i] += growth;
    own.series->totals.has.set(i);
  }
}

void CgroupResources::read_limits(const OwnCgroup& own, CgroupLimits& limits) {
  for (std::size_t i = 0; i < kLimits; ++i) {
    const auto kind = static_cast<CgroupLimit>(i);
    if (!own.hierarchy->has(controller_of(kind))) continue;
    Limit& limit = own.series->now.limits[i];
    const auto found = limits.find(*own.hierarchy, own.path, kind);
    limit.is_missing |= !found;
    if (found) limit.by_setter[found->path] = found->value;
  }
}

void CgroupResources::write_usage(ReadingWriter& out) const {
  for (const CounterRow& row : kCounterRows) {
    out.counter(row.name, row.help);
    const auto place = static_cast<std::size_t>(row.counter);
    for (const auto& [owner, series] : series_) {
      if (series.pass != pass_ || !series.totals.has[place]) continue;
      std::vector<Tag> tags = tags_of(owner);
      if (!row.tag.empty()) tags.push_back({std::string(row.tag), std::string(row.tag_value)});
      out.add(static_cast<double>(series.totals.values[place]) / row.per_unit, std::move(tags));
    }
  }
  for (std::size_t i = 0; i < kGauges; ++i) {
    out.gauge(kGaugeRows[i].name, kGaugeRows[i].help);
    for (const auto& [owner, series] : series_) {
      if (series.pass == pass_ && series.now.gauges[i])
        out.add(static_cast<double>(*series.now.gauges[i]), tags_of(owner));
    }
  }
}

void CgroupResources::write_limits(ReadingWriter& out) const {
  for (std::size_t i = 0; i < kLimits; ++i) {
    out.gauge(kLimitRows[i].name, kLimitRows[i].help);
    for (const auto& [owner, series] : series_) {
      const Limit& limit = series.now.limits[i];
      if (series.pass != pass_ || limit.is_missing || limit.by_setter.empty()) continue;
      double sum = 0;
      for (const auto& [setter, value] : limit.by_setter) sum += value;
      out.add(sum, tags_of(owner));
    }
  }
}

void CgroupResources::forget(std::size_t living) {
  const auto drop_older = [this](auto& entries, std::uint64_t passes) {
    std::erase_if(entries, [&](const auto& entry) { return pass_ - entry.second.pass > passes; });
  };
  // Where cgroups come and go quickly, those that are gone are remembered for a shorter time.
  std::uint64_t keep = kKeepPasses;
  do {
    drop_older(known_, keep);
    drop_older(series_, keep);
    keep /= 2;
  } while (known_.size() + series_.size() > kMostKept + 2 * living && keep > 0);
}

}  // namespace sonde::host
