#pragma once

#include <span>
#include <string>
#include <vector>

#include "measure/family_builder.h"
#include "probe/types.h"

namespace sonde::measure {

/// A target's address as everybody may see it: what follows the path of a URL may be a secret.
std::string shown_address(const probe::ProbeTarget& target);

/// `instance`, the shown address, `module`, the kind, `probe`, the name, and `service_name` where one is given.
std::vector<Label> labels_of_probe(const probe::ProbeState& state);

/// Writes blackbox_exporter's families (prober/*.go) of the last result of each target, and sonde_probe_*.
/// A target without a result yet has none of the former.
void append_probes(std::span<const probe::ProbeState> states, FamilyBuilder& out);

}  // namespace sonde::measure
