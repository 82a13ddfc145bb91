#include <limits>
#include <utility>

#include "promql/aggregation.h"
#include "promql/binary_operation.h"
#include "promql/evaluation_shape.h"
#include "promql/evaluator.h"

namespace sonde::promql {
namespace {

bool is_set_operator(BinaryOperator op) {
  return op == BinaryOperator::kAnd || op == BinaryOperator::kOr || op == BinaryOperator::kUnless;
}

/// The quantile that is farthest outside, as Prometheus warns of one NaN, one too large and one too small.
void warn_of_quantiles(const Matrix& parameter, Span where, Annotations& annotations) {
  double smallest = 0;
  double largest = 1;
  bool any_nan = false;
  for (const double quantile : parameter.row(0)) {
    any_nan |= quantile != quantile;
    if (quantile < smallest) smallest = quantile;
    if (quantile > largest) largest = quantile;
  }
  if (any_nan) annotations.add_invalid_quantile(std::numeric_limits<double>::quiet_NaN(), where);
  if (largest > 1) annotations.add_invalid_quantile(largest, where);
  if (smallest < 0) annotations.add_invalid_quantile(smallest, where);
}

}  // namespace

Outcome Evaluator::negate(const Unary& unary, const Scope& scope) {
  Matrix matrix = SONDE_TRY(evaluate(*unary.inner, scope));
  if (!unary.negative) return matrix;
  for (double& value : matrix.values()) {
    if (!is_absent(value)) value = -value;
  }
  if (matrix.drop_names() && !matrix.merge_same_labels()) return same_labels_error();
  return matrix;
}

Outcome Evaluator::binary(const Binary& binary, const Scope& scope) {
  const Scope below{scope.steps, scope.fine_buckets && keeps_buckets(binary)};
  Matrix left = SONDE_TRY(evaluate(*binary.left, below));
  Matrix right = SONDE_TRY(evaluate(*binary.right, below));
  SONDE_TRY(limits_.spend(left.value_count() + right.value_count()));
  const bool left_scalar = binary.left->type == ValueType::kScalar;
  const bool right_scalar = binary.right->type == ValueType::kScalar;
  if (left_scalar && right_scalar) return combine_scalars(binary.op, left, right);
  if (left_scalar) return combine_with_scalar(binary, std::move(right), left, true);
  if (right_scalar) return combine_with_scalar(binary, std::move(left), right, false);
  if (is_set_operator(binary.op)) return combine_sets(binary, std::move(left), std::move(right), limits_);
  return combine_vectors(binary, left, right, limits_);
}

Outcome Evaluator::aggregate(const Aggregation& aggregation, const Scope& scope) {
  const Scope below{scope.steps, scope.fine_buckets && keeps_buckets(aggregation)};
  if (aggregation.op == Aggregator::kCountValues) {
    return count_values(aggregation, SONDE_TRY(evaluate(*aggregation.inner, below)), limits_);
  }
  if (aggregation.parameter == nullptr) {
    return aggregate_groups(aggregation, SONDE_TRY(evaluate(*aggregation.inner, below)), nullptr, limits_);
  }
  const Matrix parameter = SONDE_TRY(evaluate(*aggregation.parameter, scope));
  const Matrix series = SONDE_TRY(evaluate(*aggregation.inner, below));
  if (aggregation.op != Aggregator::kQuantile) return select_extremes(aggregation, series, parameter, limits_);
  warn_of_quantiles(parameter, inside(*aggregation.parameter).span, annotations_);
  return aggregate_groups(aggregation, series, &parameter, limits_);
}

}  // namespace sonde::promql
