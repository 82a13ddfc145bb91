#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/types.h"

namespace sonde::promql {

enum class PointKind : std::uint8_t { kValue, kGap, kNativeHistogram };

/// One point of a series in a test script.
struct Point {
  PointKind kind = PointKind::kValue;
  double value = 0;
};

/// What Prometheus' tests write: `metric{label="value"} 1 2+3x4 _ stale`.
struct SeriesLine {
  store::Labels labels;
  std::vector<Point> points;
};

/// Reads one series with its points, as promql/parser does (ParseSeriesDesc).
/// errors: kBadInput, saying where the line stops making sense.
Result<SeriesLine> parse_series_line(std::string_view line);

/// A number as Go writes them: `1e3`, `0x1f`, `-Inf`, `NaN`.
/// errors: kBadInput if there is anything else.
Result<double> parse_signed_number(std::string_view text);

}  // namespace sonde::promql
