#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "base/clock.h"
#include "cli/prometheus_answer.h"

namespace sonde::cli {

/// The moments a range was evaluated at.  units: step more than zero.
struct RangeGrid {
  WallTime start;
  WallTime end;
  std::chrono::nanoseconds step{0};
};

/// How a result is shown.
struct ResultView {
  std::size_t width = 0;  ///< columns of the terminal; 0: as wide as it gets
  bool colour = false;
  std::optional<RangeGrid> curve;  ///< draw each series of a matrix as a curve over it; else print value by value
};

/// A number as people read it: whole numbers in full, others to six digits or two decimals; NaN, +Inf, -Inf.
std::string human_value(double value);

/// The result for people: a line for each series, in the order of the answer; a scalar or a string alone.
std::string render_result(const QueryResult& result, const ResultView& view);

/// One line for each value: time (RFC 3339, UTC), every label that any series has, and the value as the daemon wrote
/// it, as RFC 4180 wants them.
std::string result_as_csv(const QueryResult& result);

}  // namespace sonde::cli
