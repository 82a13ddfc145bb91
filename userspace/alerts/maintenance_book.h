#pragma once

#include <span>
#include <string>
#include <vector>

#include "alerts/matcher.h"
#include "alerts/time_interval.h"
#include "alerts/types.h"
#include "base/clock.h"
#include "base/result.h"

namespace sonde::alerts {

/// Recurring times in which alerts are not told.  threads: any.
class MaintenanceBook {
 public:
  /// errors: of check_matcher and check_time_interval, with the window's name; kBadInput for a window without a name,
  /// with the name of another, or without a schedule.
  [[nodiscard]] static Result<MaintenanceBook> compile(std::span<const MaintenanceWindow> windows);

  /// The names of the windows that hold an alert back at `at`, in the order they were given in.
  [[nodiscard]] std::vector<std::string> holding(const store::Labels& labels, WallTime at) const;

 private:
  struct Compiled {
    std::string name;
    Schedule schedule;
    MatcherSet matchers;
  };

  std::vector<Compiled> windows_;
};

}  // namespace sonde::alerts
