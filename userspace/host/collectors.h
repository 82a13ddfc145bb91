#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "host/host_files.h"
#include "host/reading_writer.h"
#include "host/types.h"

namespace sonde::host {

class FilesystemReader;
struct CollectMemory;

/// What a collector works with.  owner: the caller keeps everything alive.
struct CollectContext {
  HostFiles& files;
  const HostOptions& options;
  FilesystemReader& filesystems;  ///< asks mounted file systems without hanging on a dead one
  WallTime now;
  CollectMemory* memory = nullptr;  ///< of earlier passes, to do less in this one; none: everything is done anew
};

/// Writes what it could read. An error says why there is less than there could be; what was written before it stands.
/// kNotFound: this host has no such thing, which is no failure.
using Collect = Result<> (*)(const CollectContext&, ReadingWriter&);

/// One collector, named as node_exporter names it.
struct CollectorSpec {
  std::string_view name;
  Collect collect;
};

/// A collector that could not do all of its work, and why.
struct CollectorFailure {
  std::string_view collector;
  Error error;
};

/// Every collector, in the order they run.
std::span<const CollectorSpec> collectors();

/// Runs them all, and writes node_scrape_collector_duration_seconds and node_scrape_collector_success of each. As with
/// node_exporter, success is 0 also where a host has no such thing; that is not among the failures.
std::vector<CollectorFailure> run_collectors(const CollectContext& context, ReadingWriter& out);

/// The same with collectors of the caller's choice.
std::vector<CollectorFailure> run_collectors(std::span<const CollectorSpec> specs, const CollectContext& context,
                                             ReadingWriter& out);

// collect_*.cpp, each after node_exporter's collector of that name (names, types, labels, units).
Result<> collect_arp(const CollectContext& context, ReadingWriter& out);
Result<> collect_conntrack(const CollectContext& context, ReadingWriter& out);
Result<> collect_cpu(const CollectContext& context, ReadingWriter& out);
Result<> collect_cpufreq(const CollectContext& context, ReadingWriter& out);
Result<> collect_diskstats(const CollectContext& context, ReadingWriter& out);
Result<> collect_dmi(const CollectContext& context, ReadingWriter& out);
Result<> collect_entropy(const CollectContext& context, ReadingWriter& out);
Result<> collect_filefd(const CollectContext& context, ReadingWriter& out);
Result<> collect_filesystem(const CollectContext& context, ReadingWriter& out);
Result<> collect_hwmon(const CollectContext& context, ReadingWriter& out);
Result<> collect_loadavg(const CollectContext& context, ReadingWriter& out);
Result<> collect_mdadm(const CollectContext& context, ReadingWriter& out);
Result<> collect_meminfo(const CollectContext& context, ReadingWriter& out);
Result<> collect_netclass(const CollectContext& context, ReadingWriter& out);
Result<> collect_netdev(const CollectContext& context, ReadingWriter& out);
Result<> collect_netstat(const CollectContext& context, ReadingWriter& out);
Result<> collect_os(const CollectContext& context, ReadingWriter& out);
Result<> collect_pressure(const CollectContext& context, ReadingWriter& out);
Result<> collect_schedstat(const CollectContext& context, ReadingWriter& out);
Result<> collect_selinux(const CollectContext& context, ReadingWriter& out);
Result<> collect_sockstat(const CollectContext& context, ReadingWriter& out);
Result<> collect_softnet(const CollectContext& context, ReadingWriter& out);
Result<> collect_stat(const CollectContext& context, ReadingWriter& out);
Result<> collect_thermal_zone(const CollectContext& context, ReadingWriter& out);
Result<> collect_time(const CollectContext& context, ReadingWriter& out);
Result<> collect_timex(const CollectContext& context, ReadingWriter& out);
Result<> collect_udp_queues(const CollectContext& context, ReadingWriter& out);
Result<> collect_uname(const CollectContext& context, ReadingWriter& out);
Result<> collect_vmstat(const CollectContext& context, ReadingWriter& out);

}  // namespace sonde::host
