#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "host/host_files.h"

namespace sonde::host {

/// Connections without a place in an accept queue, since boot, in the network namespace the text is of.
struct ListenTotals {
  std::uint64_t overflows = 0;  ///< TcpExt ListenOverflows: the accept queue was full
  std::uint64_t drops = 0;      ///< TcpExt ListenDrops: for any reason, overflows included
};

/// From the text of /proc/net/netstat: pairs of lines, names above values. What is not there counts as zero.
ListenTotals listen_totals(std::string_view netstat);

/// Names of the block devices in /proc/diskstats by major and minor number; empty if it cannot be read.
std::map<std::pair<std::uint32_t, std::uint32_t>, std::string> disk_names(HostFiles& files);

}  // namespace sonde::host
