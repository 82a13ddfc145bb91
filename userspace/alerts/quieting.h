#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/maintenance_book.h"
#include "alerts/silence_book.h"
#include "alerts/types.h"
#include "base/clock.h"

namespace sonde::alerts {

/// How what people have asked not to hear of is called in Problem::held_by: `silence ID`, `maintenance NAME`.
inline constexpr std::string_view kSilencePrefix = "silence ";
inline constexpr std::string_view kMaintenancePrefix = "maintenance ";

/// What keeps an alert quiet, by those names; nothing: nothing does. The labels have a severity.
using Quieting = std::function<std::vector<std::string>(const store::Labels& labels)>;

/// As of one moment.  owner: borrows both.
Quieting quieting_by(const SilenceBook& silences, const MaintenanceBook& maintenance, WallTime now);

/// False for an alert that inhibits, and for the start.
bool is_quieting(std::string_view held_by);

/// Why a problem is told after what kept it quiet is over: "silence expired" or "maintenance ended"; empty if nothing
/// of the kind had kept it.
std::string end_of_quiet(const std::vector<std::string>& held_by);

}  // namespace sonde::alerts
