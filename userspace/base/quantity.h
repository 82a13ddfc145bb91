#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sonde {

/// Reads a duration as Prometheus writes it: `5m`, `1h30m`, `100ms`, also `1.5s` for thresholds.
/// units: y w d h m s ms us, biggest first, each at most once.  errors: kBadInput, saying what is allowed.
Result<std::chrono::nanoseconds> parse_duration(std::string_view text);

/// The shortest Prometheus spelling: `1h30m`, `250ms`, `0s`.
std::string format_duration(std::chrono::nanoseconds value);

/// Reads `1%`, `0.5%` or a plain ratio `0.01`.  units: ratio in [0, 1].  errors: kBadInput.
Result<double> parse_ratio(std::string_view text);

}  // namespace sonde
