#pragma once

#include "base/result.h"
#include "capture/types.h"

namespace sonde::capture {

/// Descriptors of the filter maps of bpf/include/state/target.h and target_task.h; -1 where a sensor has none.
struct TargetMaps {
  int ports = -1;
  int pids = -1;
  int names = -1;
  int cgroups = -1;
  int cgroup_ids = -1;
};

/// Writes the filter into its maps.  errors: kNotFound for a cgroup that does not exist, kLimit for too many targets.
Result<> fill_target_maps(const TargetFilter& filter, const TargetMaps& maps);

}  // namespace sonde::capture
