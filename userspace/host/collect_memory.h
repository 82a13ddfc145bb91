#pragma once

#include "host/cpu_book.h"
#include "host/name_filter.h"
#include "host/network_class.h"

namespace sonde::host {

/// What collectors remember from pass to pass so as to do less in the next one, and so that no CPU's time goes back.
/// threads: one at a time.
struct CollectMemory {
  NameFilter mount_points;
  NameFilter filesystem_types;
  NameFilter disks;
  NetworkClass network;
  CpuBook cpus;
};

}  // namespace sonde::host
