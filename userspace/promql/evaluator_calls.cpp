#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <utility>
#include <vector>

#include "promql/element_functions.h"
#include "promql/evaluation_shape.h"
#include "promql/evaluator.h"
#include "promql/histogram_series.h"
#include "promql/label_functions.h"

namespace sonde::promql {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// Puts what `change` makes of it, given its step, in place of each value; the names are dropped.
template <class Change>
Outcome change_values(Matrix matrix, Change change) {
  for (std::size_t index = 0; index < matrix.size(); ++index) {
    const std::span<double> row = matrix.row(index);
    for (std::size_t step = 0; step < row.size(); ++step) {
      if (!is_absent(row[step])) row[step] = change(row[step], step);
    }
  }
  if (matrix.drop_names() && !matrix.merge_same_labels()) return same_labels_error();
  return matrix;
}

/// A scalar that `value` gives for each moment.
template <class Value>
Matrix scalar_of(const Steps& steps, Value value) {
  Matrix matrix = scalar_matrix(steps.count);
  const std::span<double> row = matrix.row(0);
  for (std::size_t step = 0; step < row.size(); ++step) row[step] = value(static_cast<double>(steps.at(step)) / 1000);
  return matrix;
}

}  // namespace

Outcome Evaluator::call(const Call& call, const Scope& scope) {
  using Handler = Outcome (Evaluator::*)(const Call&, const Scope&);
  struct Row {
    Function function;
    Handler handler;
  };
  static constexpr std::array kHandlers{
      Row{Function::kAbsent, &Evaluator::call_absent},
      Row{Function::kAbsentOverTime, &Evaluator::call_absent_over_time},
      Row{Function::kClamp, &Evaluator::call_clamp},
      Row{Function::kClampMax, &Evaluator::call_clamp},
      Row{Function::kClampMin, &Evaluator::call_clamp},
      Row{Function::kHistogramAvg, &Evaluator::call_native_histogram_function},
      Row{Function::kHistogramCount, &Evaluator::call_native_histogram_function},
      Row{Function::kHistogramFraction, &Evaluator::call_bucket_function},
      Row{Function::kHistogramQuantile, &Evaluator::call_bucket_function},
      Row{Function::kHistogramStddev, &Evaluator::call_native_histogram_function},
      Row{Function::kHistogramStdvar, &Evaluator::call_native_histogram_function},
      Row{Function::kHistogramSum, &Evaluator::call_native_histogram_function},
      Row{Function::kLabelJoin, &Evaluator::call_label_function},
      Row{Function::kLabelReplace, &Evaluator::call_label_function},
      Row{Function::kPi, &Evaluator::call_pi},
      Row{Function::kRound, &Evaluator::call_round},
      Row{Function::kScalar, &Evaluator::call_scalar},
      Row{Function::kSort, &Evaluator::call_sort},
      Row{Function::kSortDesc, &Evaluator::call_sort},
      Row{Function::kTime, &Evaluator::call_time},
      Row{Function::kTimestamp, &Evaluator::call_timestamp},
      Row{Function::kVector, &Evaluator::call_vector},
  };
  const Scope below{scope.steps, scope.fine_buckets && keeps_buckets(call)};
  if (find_window_function(call.function) != nullptr) return call_window_function(call, below);
  if (find_element_function(call.function) != nullptr) return call_element_function(call, below);
  if (find_date_function(call.function) != nullptr) return call_date_function(call, below);
  const auto* const row = std::find_if(kHandlers.begin(), kHandlers.end(),
                                       [&call](const Row& each) { return each.function == call.function; });
  return (this->*row->handler)(call, below);
}

Outcome Evaluator::call_element_function(const Call& call, const Scope& scope) {
  const ElementFunction apply = find_element_function(call.function);
  return change_values(SONDE_TRY(evaluate(*call.arguments[0], scope)),
                       [apply](double value, std::size_t) { return apply(value); });
}

Outcome Evaluator::call_date_function(const Call& call, const Scope& scope) {
  const DateFunction apply = find_date_function(call.function);
  if (call.arguments.empty()) return scalar_of(scope.steps, apply);
  return change_values(SONDE_TRY(evaluate(*call.arguments[0], scope)),
                       [apply](double value, std::size_t) { return apply(value); });
}

Outcome Evaluator::call_time(const Call&, const Scope& scope) {
  return scalar_of(scope.steps, [](double unix_seconds) { return unix_seconds; });
}

Outcome Evaluator::call_pi(const Call&, const Scope& scope) {
  return scalar_of(scope.steps, [](double) { return std::numbers::pi; });
}

Outcome Evaluator::call_vector(const Call& call, const Scope& scope) { return evaluate(*call.arguments[0], scope); }

Outcome Evaluator::call_scalar(const Call& call, const Scope& scope) {
  const Matrix vector = SONDE_TRY(evaluate(*call.arguments[0], scope));
  Matrix scalar = scalar_matrix(scope.steps.count);
  const std::span<double> row = scalar.row(0);
  std::vector<std::size_t> seen(row.size());
  for (std::size_t index = 0; index < vector.size(); ++index) {
    for (std::size_t step = 0; step < row.size(); ++step) {
      const double value = vector.row(index)[step];
      if (is_absent(value)) continue;
      row[step] = value;
      ++seen[step];
    }
  }
  for (std::size_t step = 0; step < row.size(); ++step) {
    if (seen[step] != 1) row[step] = kNan;
  }
  return scalar;
}

Outcome Evaluator::call_clamp(const Call& call, const Scope& scope) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  Matrix vector = SONDE_TRY(evaluate(*call.arguments[0], scope));
  const Matrix first = SONDE_TRY(evaluate(*call.arguments[1], scope));
  const Matrix last = SONDE_TRY(evaluate(*call.arguments.back(), scope));
  const std::span<const double> mins = first.row(0);
  const std::span<const double> maxes = last.row(0);
  const bool has_min = call.function != Function::kClampMax;
  const bool has_max = call.function != Function::kClampMin;
  Matrix clamped = SONDE_TRY(change_values(std::move(vector), [&](double value, std::size_t step) {
    const double min = has_min ? mins[step] : -kInfinity;
    const double max = has_max ? maxes[step] : kInfinity;
    return max < min ? absent_value() : clamp(value, min, max);
  }));
  clamped.drop_empty_rows();
  return clamped;
}

Outcome Evaluator::call_round(const Call& call, const Scope& scope) {
  Matrix vector = SONDE_TRY(evaluate(*call.arguments[0], scope));
  if (call.arguments.size() == 1) {
    return change_values(std::move(vector), [](double value, std::size_t) { return round_to(value, 1); });
  }
  const Matrix multiple = SONDE_TRY(evaluate(*call.arguments[1], scope));
  const std::span<const double> multiples = multiple.row(0);
  return change_values(std::move(vector),
                       [multiples](double value, std::size_t step) { return round_to(value, multiples[step]); });
}

Outcome Evaluator::call_sort(const Call& call, const Scope& scope) {
  Matrix vector = SONDE_TRY(evaluate(*call.arguments[0], scope));
  // Over a range of time, series are sorted by their labels.
  if (scope.steps.count > 1) return vector;
  const bool ascending = call.function == Function::kSort;
  std::vector<std::size_t> order(vector.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
    const double a = vector.row(left).front();
    const double b = vector.row(right).front();
    if (std::isnan(a) || std::isnan(b)) return !std::isnan(a);
    return ascending ? a < b : a > b;
  });
  vector.reorder(order);
  return vector;
}

Outcome Evaluator::call_timestamp(const Call& call, const Scope& scope) {
  const Expression& argument = inside(*call.arguments[0]);
  if (const auto* const selector = std::get_if<VectorSelector>(&argument.node)) {
    Matrix times = SONDE_TRY(select_vector(*selector, scope, true));
    if (times.drop_names() && !times.merge_same_labels()) return same_labels_error();
    return times;
  }
  return change_values(SONDE_TRY(evaluate(argument, scope)),
                       [&scope](double, std::size_t step) { return static_cast<double>(scope.steps.at(step)) / 1000; });
}

Outcome Evaluator::call_absent(const Call& call, const Scope& scope) {
  const Expression& argument = inside(*call.arguments[0]);
  return absent_rows(SONDE_TRY(evaluate(argument, scope)), argument);
}

Outcome Evaluator::call_label_function(const Call& call, const Scope& scope) {
  Matrix series = SONDE_TRY(evaluate(*call.arguments[0], scope));
  return call.function == Function::kLabelReplace ? replace_labels(std::move(series), call)
                                                  : join_labels(std::move(series), call);
}

Outcome Evaluator::call_bucket_function(const Call& call, const Scope& scope) {
  const Expression& buckets = *call.arguments.back();
  const Scope below{scope.steps, settings_.fine_buckets};
  const Matrix first = SONDE_TRY(evaluate(*call.arguments[0], scope));
  if (call.function == Function::kHistogramFraction) {
    const Matrix second = SONDE_TRY(evaluate(*call.arguments[1], scope));
    const Matrix series = SONDE_TRY(evaluate(buckets, below));
    return evaluate_buckets(BucketRequest{series, first, &second, inside(buckets).span}, limits_, annotations_);
  }
  for (const double quantile : first.row(0)) {
    if (!(quantile >= 0 && quantile <= 1)) {
      annotations_.add_invalid_quantile(quantile, inside(*call.arguments[0]).span);
    }
  }
  const Matrix series = SONDE_TRY(evaluate(buckets, below));
  return evaluate_buckets(BucketRequest{series, first, nullptr, inside(buckets).span}, limits_, annotations_);
}

Outcome Evaluator::call_native_histogram_function(const Call& call, const Scope& scope) {
  SONDE_TRY(evaluate(*call.arguments[0], scope));
  return Matrix(scope.steps.count);
}

}  // namespace sonde::promql
