#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "capture/types.h"
#include "host/types.h"
#include "measure/family_builder.h"

namespace sonde::measure {

/// Names of disks, such as "nvme0n1", by {major, minor}.
using DiskNames = std::map<std::pair<std::uint32_t, std::uint32_t>, std::string>;

/// Writes what was read off the host, as it is: names, help texts and types are the reader's.
void append_readings(const std::vector<host::ReadingFamily>& families, FamilyBuilder& out);

/// Writes sonde_disk_io_duration_seconds and sonde_disk_io_errors_total of the disks that have a name.
void append_disk_latencies(std::span<const capture::DiskLatency> latencies, const DiskNames& names, FamilyBuilder& out);

}  // namespace sonde::measure
