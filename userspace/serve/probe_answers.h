#pragma once

#include <span>
#include <string>

#include "probe/types.h"

namespace sonde::serve {

/// A probe as it is shown.
struct ProbeRow {
  probe::ProbeState state;
  std::string address;      ///< as everybody may see it
  std::string contradicts;  ///< what the real requests of its service say, if that is the opposite
};

/// A phase of a probe's last attempt, and its whole result, as one JSON object. `reason` is null if it succeeded.
/// units: seconds.
std::string probe_result_json(const probe::ProbeResult& result);

/// Where every target stands, under "probes".  units: seconds; times in RFC 3339, UTC. `up` and what the last result
/// tells are null before there is one; a ratio of uptime is null where nothing was probed in its window.
std::string probes_json(std::span<const ProbeRow> rows);

}  // namespace sonde::serve
