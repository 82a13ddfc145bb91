#pragma once

#include <string_view>
#include <vector>

#include "alerts/types.h"
#include "base/result.h"
#include "store/types.h"

namespace sonde::config {

/// What this module must ask of alerts, whose types alone it may know: see alerts/matcher.h and alerts/time_interval.h.
struct AlertLanguage {
  Result<std::vector<store::Matcher>> (*parse_matchers)(std::string_view text);
  Result<> (*check_matcher)(const store::Matcher& matcher);
  Result<> (*check_time_interval)(const alerts::TimeInterval& interval);
};

}  // namespace sonde::config
