#include "promql/aggregation_sum.h"

#include <algorithm>
#include <cstddef>
#include <limits>

namespace sonde::promql {
namespace {

bool nan_first(double left, double right) {
  if (std::isnan(left)) return !std::isnan(right);
  return left < right;
}

}  // namespace

double quantile_of(double quantile, std::vector<double>& values) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (values.empty() || std::isnan(quantile)) return std::numeric_limits<double>::quiet_NaN();
  if (quantile < 0) return -kInfinity;
  if (quantile > 1) return kInfinity;
  std::sort(values.begin(), values.end(), nan_first);
  const double rank = quantile * static_cast<double>(values.size() - 1);
  const auto lower = static_cast<std::size_t>(std::max(0.0, std::floor(rank)));
  const std::size_t upper = std::min(values.size() - 1, lower + 1);
  const double weight = rank - std::floor(rank);
  return values[lower] * (1 - weight) + values[upper] * weight;
}

}  // namespace sonde::promql
