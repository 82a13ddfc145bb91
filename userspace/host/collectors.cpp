#include "host/collectors.h"

#include <algorithm>
#include <array>

namespace sonde::host {
namespace {

constexpr std::array kCollectors = {
    CollectorSpec{"arp", &collect_arp},
    CollectorSpec{"conntrack", &collect_conntrack},
    CollectorSpec{"cpu", &collect_cpu},
    CollectorSpec{"cpufreq", &collect_cpufreq},
    CollectorSpec{"diskstats", &collect_diskstats},
    CollectorSpec{"dmi", &collect_dmi},
    CollectorSpec{"entropy", &collect_entropy},
    CollectorSpec{"filefd", &collect_filefd},
    CollectorSpec{"filesystem", &collect_filesystem},
    CollectorSpec{"hwmon", &collect_hwmon},
    CollectorSpec{"loadavg", &collect_loadavg},
    CollectorSpec{"mdadm", &collect_mdadm},
    CollectorSpec{"meminfo", &collect_meminfo},
    CollectorSpec{"netclass", &collect_netclass},
    CollectorSpec{"netdev", &collect_netdev},
    CollectorSpec{"netstat", &collect_netstat},
    CollectorSpec{"os", &collect_os},
    CollectorSpec{"pressure", &collect_pressure},
    CollectorSpec{"schedstat", &collect_schedstat},
    CollectorSpec{"selinux", &collect_selinux},
    CollectorSpec{"sockstat", &collect_sockstat},
    CollectorSpec{"softnet", &collect_softnet},
    CollectorSpec{"stat", &collect_stat},
    CollectorSpec{"thermal_zone", &collect_thermal_zone},
    CollectorSpec{"time", &collect_time},
    CollectorSpec{"timex", &collect_timex},
    CollectorSpec{"udp_queues", &collect_udp_queues},
    CollectorSpec{"uname", &collect_uname},
    CollectorSpec{"vmstat", &collect_vmstat},
};

static_assert(std::adjacent_find(kCollectors.begin(), kCollectors.end(),
                                 [](const CollectorSpec& a, const CollectorSpec& b) { return a.name >= b.name; }) ==
                  kCollectors.end(),
              "in the order of the alphabet, each once");

}  // namespace

std::span<const CollectorSpec> collectors() { return kCollectors; }

std::vector<CollectorFailure> run_collectors(const CollectContext& context, ReadingWriter& out) {
  return run_collectors(collectors(), context, out);
}

}  // namespace sonde::host
