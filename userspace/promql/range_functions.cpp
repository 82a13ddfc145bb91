#include "promql/range_functions.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

#include "promql/aggregation_sum.h"
#include "promql/evaluation_matrix.h"
#include "promql/range_trends.h"

namespace sonde::promql {
namespace {

using store::Sample;

double avg_over_time(const Window& window) {
  CompensatedMean mean;
  for (const Sample& sample : window.samples) mean.add(sample.value);
  return mean.value();
}

double sum_over_time(const Window& window) {
  CompensatedSum sum;
  for (const Sample& sample : window.samples) sum.add(sample.value);
  return std::isinf(sum.sum) ? sum.sum : sum.value();
}

double count_over_time(const Window& window) { return static_cast<double>(window.samples.size()); }

double last_over_time(const Window& window) { return window.samples.back().value; }

double present_over_time(const Window&) { return 1; }

double max_over_time(const Window& window) {
  double max = window.samples.front().value;
  for (const Sample& sample : window.samples) {
    if (sample.value > max || std::isnan(max)) max = sample.value;
  }
  return max;
}

double min_over_time(const Window& window) {
  double min = window.samples.front().value;
  for (const Sample& sample : window.samples) {
    if (sample.value < min || std::isnan(min)) min = sample.value;
  }
  return min;
}

double quantile_over_time(const Window& window) {
  window.scratch->clear();
  for (const Sample& sample : window.samples) window.scratch->push_back(sample.value);
  return quantile_of(window.parameter, *window.scratch);
}

double stdvar_over_time(const Window& window) {
  double count = 0;
  CompensatedSum mean;
  CompensatedSum squares;
  for (const Sample& sample : window.samples) {
    count += 1;
    const double delta = sample.value - mean.value();
    mean.add(delta / count);
    squares.add(delta * (sample.value - mean.value()));
  }
  return squares.value() / count;
}

double stddev_over_time(const Window& window) { return std::sqrt(stdvar_over_time(window)); }

double changes(const Window& window) {
  double count = 0;
  double before = window.samples.front().value;
  for (const Sample& sample : window.samples) {
    const bool both_nan = std::isnan(sample.value) && std::isnan(before);
    if (sample.value != before && !both_nan) count += 1;
    before = sample.value;
  }
  return count;
}

double resets(const Window& window) {
  double count = 0;
  double before = window.samples.front().value;
  for (const Sample& sample : window.samples) {
    if (sample.value < before) count += 1;
    before = sample.value;
  }
  return count;
}

struct WindowRow {
  Function function;
  WindowFunction apply;
};

constexpr std::array kWindowFunctions{
    WindowRow{Function::kAvgOverTime, &avg_over_time},
    WindowRow{Function::kChanges, &changes},
    WindowRow{Function::kCountOverTime, &count_over_time},
    WindowRow{Function::kDelta, &delta},
    WindowRow{Function::kDeriv, &deriv},
    WindowRow{Function::kIdelta, &idelta},
    WindowRow{Function::kIncrease, &increase},
    WindowRow{Function::kIrate, &irate},
    WindowRow{Function::kLastOverTime, &last_over_time},
    WindowRow{Function::kMaxOverTime, &max_over_time},
    WindowRow{Function::kMinOverTime, &min_over_time},
    WindowRow{Function::kPredictLinear, &predict_linear},
    WindowRow{Function::kPresentOverTime, &present_over_time},
    WindowRow{Function::kQuantileOverTime, &quantile_over_time},
    WindowRow{Function::kRate, &rate},
    WindowRow{Function::kResets, &resets},
    WindowRow{Function::kStddevOverTime, &stddev_over_time},
    WindowRow{Function::kStdvarOverTime, &stdvar_over_time},
    WindowRow{Function::kSumOverTime, &sum_over_time},
};

}  // namespace

WindowFunction find_window_function(Function function) {
  const auto* const row = std::find_if(kWindowFunctions.begin(), kWindowFunctions.end(),
                                       [function](const WindowRow& each) { return each.function == function; });
  return row == kWindowFunctions.end() ? nullptr : row->apply;
}

}  // namespace sonde::promql
