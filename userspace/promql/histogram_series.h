#pragma once

#include "promql/annotations.h"
#include "promql/evaluation_limits.h"
#include "promql/evaluation_matrix.h"

namespace sonde::promql {

/// The series of classic histograms, and what is asked of them.
struct BucketRequest {
  const Matrix& buckets;
  const Matrix& first;   ///< a scalar: the quantile, or the lower end
  const Matrix* second;  ///< a scalar: the upper end of a fraction; null: it is a quantile
  Span buckets_span;
};

/// The quantiles or fractions, a row for each histogram.
/// errors: kExecution if two histograms come to share labels, and those of the limits.
Expected<Matrix, QueryError> evaluate_buckets(const BucketRequest& request, EvaluationLimits& limits,
                                              Annotations& annotations);

}  // namespace sonde::promql
