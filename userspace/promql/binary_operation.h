#pragma once

#include <optional>

#include "promql/ast.h"
#include "promql/evaluation_limits.h"
#include "promql/evaluation_matrix.h"

namespace sonde::promql {

/// What an operator makes of two values (promql/engine.go, vectorElemBinop).
struct Combined {
  double value = 0;
  bool keep = true;  ///< false: a comparison that does not hold
};
Combined combine(BinaryOperator op, double left, double right);

/// Between two scalars; comparisons give 0 or 1.
Matrix combine_scalars(BinaryOperator op, const Matrix& left, const Matrix& right);

/// Between a vector and a scalar; `scalar_left` tells which stands where. Not for set operators.
/// errors: kExecution if series come to share labels.
Expected<Matrix, QueryError> combine_with_scalar(const Binary& binary, Matrix vector, const Matrix& scalar,
                                                 bool scalar_left);

/// Between two vectors, series by series as `binary.matching` says (VectorBinop).
/// errors: kExecution if more than one series matches where one may.
Expected<Matrix, QueryError> combine_vectors(const Binary& binary, const Matrix& left, const Matrix& right,
                                             EvaluationLimits& limits);

/// and, or, unless (VectorAnd, VectorOr, VectorUnless).
Expected<Matrix, QueryError> combine_sets(const Binary& binary, Matrix left, Matrix right, EvaluationLimits& limits);

/// The labels that on() or ignoring() compare.
LabelFilter matching_filter(const VectorMatching& matching);

}  // namespace sonde::promql
