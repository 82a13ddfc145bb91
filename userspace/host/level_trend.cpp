#include "host/level_trend.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace sonde::host {
namespace {

constexpr std::size_t kFewestPoints = 4;
/// So many times the usual deviation of the steps from their median. Normal noise goes beyond five times about once in
/// a thousand steps.
constexpr double kJumpDeviations = 8;
/// A smaller part of the ups and downs of the whole time does not matter.
constexpr double kJumpOfRange = 0.1;
/// Standard deviations of the Mann-Kendall statistic; noise without a trend gets this far two times in 10,000.
constexpr double kBeyondDoubt = 3.5;
/// The fall over the whole time against the median distance of a point from the line.
constexpr double kFallToSpread = 4;

/// units: not empty; the order of `values` changes.
double median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*std::max_element(values.begin(), middle) + *middle) / 2;
}

double median_deviation(std::vector<double> values, double from) {
  for (double& value : values) value = std::abs(value - from);
  return median(values);
}

std::vector<double> rates_between(std::span<const LevelPoint> points) {
  std::vector<double> rates;
  for (std::size_t i = 1; i < points.size(); ++i) {
    rates.push_back((points[i].level - points[i - 1].level) / (points[i].seconds - points[i - 1].seconds));
  }
  return rates;
}

double range_of(const std::vector<LevelPoint>& points) {
  const auto [low, high] = std::minmax_element(
      points.begin(), points.end(), [](const auto& left, const auto& right) { return left.level < right.level; });
  return high->level - low->level;
}

/// Steps that go beyond the usual one by far, in one direction, one after the other: a big file takes minutes to write.
struct Jump {
  std::size_t begin = 0;  ///< the points before the first and at the last step
  std::size_t end = 0;
  double height = 0;
};

/// By how much each step goes beyond the usual one if it does so by far; else 0.
std::vector<double> excesses_of(const std::vector<LevelPoint>& points) {
  std::vector<double> steps = rates_between(points);
  std::vector<double> unordered = steps;
  const double usual = median(unordered);
  const double limit = kJumpDeviations * median_deviation(steps, usual);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const double beyond = steps[i] - usual;
    steps[i] = std::abs(beyond) > limit ? beyond * (points[i + 1].seconds - points[i].seconds) : 0;
  }
  return steps;
}

std::vector<Jump> jumps_of(const std::vector<LevelPoint>& points, const std::vector<double>& excesses) {
  std::vector<Jump> jumps;
  for (std::size_t i = 0; i < excesses.size(); ++i) {
    if (excesses[i] == 0) continue;
    const bool goes_on = !jumps.empty() && jumps.back().end == i && jumps.back().height * excesses[i] > 0;
    if (!goes_on) jumps.push_back({.begin = i, .end = i, .height = 0});
    jumps.back().height += excesses[i];
    jumps.back().end = i + 1;
  }
  const double least = range_of(points) * kJumpOfRange;
  std::erase_if(jumps, [&](const Jump& jump) { return std::abs(jump.height) < least; });
  return jumps;
}

/// Moves everything after a jump back to where it would be had the level gone on as usual. More than one jump up, or
/// down, is no exception but the way this level goes, such as that of a directory which is cleaned up by the clock.
void take_out_jumps(std::vector<LevelPoint>& points) {
  const std::vector<double> excesses = excesses_of(points);
  const std::vector<Jump> jumps = jumps_of(points, excesses);
  const auto ups = std::count_if(jumps.begin(), jumps.end(), [](const Jump& jump) { return jump.height > 0; });
  const auto downs = static_cast<std::ptrdiff_t>(jumps.size()) - ups;
  for (const Jump& jump : jumps) {
    if ((jump.height > 0 ? ups : downs) != 1) continue;
    double height = 0;
    for (std::size_t i = jump.begin + 1; i < points.size(); ++i) {
      if (i <= jump.end) height += excesses[i - 1];
      points[i].level -= height;
    }
  }
}

struct Slope {
  double per_second = 0;  ///< median over all pairs
  double falling = 0;     ///< pairs that fall, less those that rise
};

Slope slope_of(const std::vector<LevelPoint>& points) {
  std::vector<double> slopes;
  slopes.reserve(points.size() * (points.size() - 1) / 2);
  double falling = 0;
  for (std::size_t i = 1; i < points.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const double slope = (points[i].level - points[j].level) / (points[i].seconds - points[j].seconds);
      slopes.push_back(slope);
      falling += slope < 0 ? 1 : slope > 0 ? -1 : 0;
    }
  }
  return {.per_second = median(slopes), .falling = falling};
}

/// Mann (1945), Kendall (1975): the statistic's standard deviation if there is no trend.
double chance_deviation(std::size_t points) {
  const auto n = static_cast<double>(points);
  return std::sqrt(n * (n - 1) * (2 * n + 5) / 18);
}

double spread_around(const std::vector<LevelPoint>& points, double per_second) {
  std::vector<double> starts;
  for (const LevelPoint& point : points) starts.push_back(point.level - per_second * point.seconds);
  std::vector<double> unordered = starts;
  return median_deviation(std::move(starts), median(unordered));
}

}  // namespace

std::optional<double> falling_rate(std::span<const LevelPoint> given) {
  if (given.size() < kFewestPoints) return std::nullopt;
  std::vector<LevelPoint> points(given.begin(), given.end());
  take_out_jumps(points);
  const Slope slope = slope_of(points);
  if (slope.per_second >= 0 || slope.falling < kBeyondDoubt * chance_deviation(points.size())) return std::nullopt;
  const double fall = -slope.per_second * (points.back().seconds - points.front().seconds);
  if (fall < kFallToSpread * spread_around(points, slope.per_second)) return std::nullopt;
  return -slope.per_second;
}

}  // namespace sonde::host
