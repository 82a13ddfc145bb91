#pragma once

#include <span>

#include "measure/family_builder.h"
#include "probe/types.h"

namespace sonde::measure {

/// Writes blackbox_exporter's families (prober/*.go) of the last result of each target, and sonde_probe_runs_total.
/// The labels are `instance`, the address without a query, `module`, the kind, `probe`, the name, and `service_name`
/// where one is given. A target without a result yet has none of the former.
void append_probes(std::span<const probe::ProbeState> states, FamilyBuilder& out);

}  // namespace sonde::measure
