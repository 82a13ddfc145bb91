#include "promql/range_trends.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "promql/aggregation_sum.h"
#include "promql/evaluation_matrix.h"

namespace sonde::promql {
namespace {

using store::Sample;

enum class Kind : std::uint8_t { kCounter, kGauge };

double seconds(std::int64_t milliseconds) { return static_cast<double>(milliseconds) / 1000; }

/// What the samples say, before it is extrapolated: for counters, what was lost at resets is added.
double raw_change(std::span<const Sample> samples, Kind kind) {
  double change = samples.back().value - samples.front().value;
  if (kind == Kind::kGauge) return change;
  double before = samples.front().value;
  for (const Sample& sample : samples.subspan(1)) {
    if (sample.value < before) change += before;
    before = sample.value;
  }
  return change;
}

/// The factor from the time between the first and the last sample to the time that the series is taken to have existed
/// in the window: to its ends if samples are as near to them as samples are to each other, and never to before a
/// counter was zero.
double extrapolation(const Window& window, double change, Kind kind) {
  const Sample& first = window.samples.front();
  const Sample& last = window.samples.back();
  const double sampled = seconds(last.at_ms - first.at_ms);
  const double between_samples = sampled / static_cast<double>(window.samples.size() - 1);
  const double near = between_samples * 1.1;
  double to_start = seconds(first.at_ms - window.from_ms);
  double to_end = seconds(window.to_ms - last.at_ms);
  if (to_start >= near) to_start = between_samples / 2;
  if (kind == Kind::kCounter && change > 0 && first.value >= 0) {
    const double to_zero = sampled * (first.value / change);
    if (to_zero < to_start) to_start = to_zero;
  }
  if (to_end >= near) to_end = between_samples / 2;
  return (sampled + to_start + to_end) / sampled;
}

struct Line {
  double slope = 0;
  double intercept = 0;
};

/// Least squares, with x in seconds from `origin_ms`.
Line fit_line(std::span<const Sample> samples, std::int64_t origin_ms) {
  const double first = samples.front().value;
  bool constant = true;
  double count = 0;
  CompensatedSum x_sum;
  CompensatedSum y_sum;
  CompensatedSum xy_sum;
  CompensatedSum xx_sum;
  for (const Sample& sample : samples) {
    if (sample.value != first && count > 0) constant = false;
    count += 1;
    const double x = seconds(sample.at_ms - origin_ms);
    x_sum.add(x);
    y_sum.add(sample.value);
    xy_sum.add(x * sample.value);
    xx_sum.add(x * x);
  }
  if (constant) {
    constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
    return std::isinf(first) ? Line{kNan, kNan} : Line{0, first};
  }
  const double covariance = xy_sum.value() - x_sum.value() * y_sum.value() / count;
  const double variance = xx_sum.value() - x_sum.value() * x_sum.value() / count;
  const double slope = covariance / variance;
  return Line{slope, y_sum.value() / count - slope * x_sum.value() / count};
}

}  // namespace

double rate(const Window& window) {
  if (window.samples.size() < 2) return absent_value();
  const double change = raw_change(window.samples, Kind::kCounter);
  const double factor = extrapolation(window, change, Kind::kCounter) / seconds(window.to_ms - window.from_ms);
  return change * factor;
}

double increase(const Window& window) {
  if (window.samples.size() < 2) return absent_value();
  const double change = raw_change(window.samples, Kind::kCounter);
  return change * extrapolation(window, change, Kind::kCounter);
}

double delta(const Window& window) {
  if (window.samples.size() < 2) return absent_value();
  const double change = raw_change(window.samples, Kind::kGauge);
  return change * extrapolation(window, change, Kind::kGauge);
}

double irate(const Window& window) {
  if (window.samples.size() < 2) return absent_value();
  const Sample& last = window.samples.back();
  const Sample& before = window.samples[window.samples.size() - 2];
  const double change = last.value < before.value ? last.value : last.value - before.value;
  return change / seconds(last.at_ms - before.at_ms);
}

double idelta(const Window& window) {
  if (window.samples.size() < 2) return absent_value();
  return window.samples.back().value - window.samples[window.samples.size() - 2].value;
}

double deriv(const Window& window) {
  if (window.samples.size() < 2) return absent_value();
  return fit_line(window.samples, window.samples.front().at_ms).slope;
}

double predict_linear(const Window& window) {
  if (window.samples.size() < 2) return absent_value();
  const Line line = fit_line(window.samples, window.at_ms);
  return line.slope * window.parameter + line.intercept;
}

}  // namespace sonde::promql
