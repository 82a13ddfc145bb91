#include "alerts/quieting.h"

#include <algorithm>

namespace sonde::alerts {

Quieting quieting_by(const SilenceBook& silences, const MaintenanceBook& maintenance, WallTime now) {
  return [&silences, &maintenance, now](const store::Labels& labels) {
    std::vector<std::string> names;
    for (const std::string& id : silences.muting(labels, now)) names.push_back(std::string(kSilencePrefix) + id);
    for (const std::string& name : maintenance.holding(labels, now)) {
      names.push_back(std::string(kMaintenancePrefix) + name);
    }
    return names;
  };
}

bool is_quieting(std::string_view held_by) {
  return held_by.starts_with(kSilencePrefix) || held_by.starts_with(kMaintenancePrefix);
}

std::string end_of_quiet(const std::vector<std::string>& held_by) {
  const auto begins_with = [](std::string_view prefix) {
    return [prefix](const std::string& name) { return name.starts_with(prefix); };
  };
  if (std::ranges::any_of(held_by, begins_with(kSilencePrefix))) return "silence expired";
  return std::ranges::any_of(held_by, begins_with(kMaintenancePrefix)) ? "maintenance ended" : "";
}

}  // namespace sonde::alerts
