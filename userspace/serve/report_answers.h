#pragma once

#include <string>

#include "history/types.h"

namespace sonde::serve {

/// `from`, `to`, `by`, `zone`; `total` and `groups` with their figures; `hints` for noisy rules.
/// units: times in RFC 3339, UTC; lengths in seconds, shares as ratios; null where there is nothing to take them of.
std::string report_json(const history::IncidentReport& report);

}  // namespace sonde::serve
