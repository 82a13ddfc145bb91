#pragma once

#include <cstdint>

#include "promql/functions.h"

namespace sonde::promql {

/// The function from one value to another that `function` stands for; null if it is none.
using ElementFunction = double (*)(double value);
ElementFunction find_element_function(Function function);

/// The function from seconds since the Unix epoch to a number of the calendar, in UTC, that `function` stands for; null
/// if it is none. What is beyond the years 1 to 9999 is NaN.
using DateFunction = double (*)(double unix_seconds);
DateFunction find_date_function(Function function);

/// To the nearest multiple, halves up.
double round_to(double value, double multiple);

/// Between both, as Go's math.Max and math.Min see NaN and infinities.
double clamp(double value, double min, double max);

}  // namespace sonde::promql
