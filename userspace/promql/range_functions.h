#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "promql/functions.h"
#include "store/types.h"

namespace sonde::promql {

/// What a function over a range vector looks at for one series and one step.  units: milliseconds.
struct Window {
  std::span<const store::Sample> samples;  ///< from after `from_ms` to `to_ms`; never empty
  std::int64_t from_ms = 0;
  std::int64_t to_ms = 0;
  std::int64_t at_ms = 0;                  ///< the step; with `offset` or `@` it is not `to_ms`
  double parameter = 0;                    ///< of quantile_over_time and predict_linear
  std::vector<double>* scratch = nullptr;  ///< reused from window to window
};

/// The value of the window, or absent_value().
using WindowFunction = double (*)(const Window& window);

/// The function over windows that `function` stands for; null if it is none. absent_over_time is none: it looks at all
/// series together.
WindowFunction find_window_function(Function function);

}  // namespace sonde::promql
