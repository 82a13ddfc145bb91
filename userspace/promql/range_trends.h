#pragma once

#include "promql/range_functions.h"

namespace sonde::promql {

/// How a counter or a gauge moved over a window, extrapolated to its ends (promql/functions.go, extrapolatedRate).
double rate(const Window& window);
double increase(const Window& window);
double delta(const Window& window);

/// The same between the last two samples (instantValue).
double irate(const Window& window);
double idelta(const Window& window);

/// The straight line nearest to the samples (linearRegression): its slope, and its value `parameter` seconds on.
double deriv(const Window& window);
double predict_linear(const Window& window);

}  // namespace sonde::promql
