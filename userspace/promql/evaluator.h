#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "promql/annotations.h"
#include "promql/ast.h"
#include "promql/evaluation_limits.h"
#include "promql/evaluation_matrix.h"
#include "promql/range_functions.h"
#include "promql/series_source.h"
#include "promql/types.h"

namespace sonde::promql {

using Outcome = Expected<Matrix, QueryError>;

/// What holds for one whole query.  units: milliseconds.
struct EvaluationSettings {
  std::int64_t start_ms = 0;  ///< of the query: what `@ start()` means
  std::int64_t end_ms = 0;
  std::int64_t lookback_ms = 0;
  std::int64_t subquery_step_ms = 0;
  bool fine_buckets = false;  ///< below histogram_quantile and histogram_fraction
};

/// What changes on the way down an expression.
struct Scope {
  Steps steps;
  bool fine_buckets = false;  ///< histograms are wanted with their finer buckets
};

/// Where a range vector is looked at: one window for each step, or the same one for all.
struct WindowPlan {
  std::int64_t range_ms = 0;
  std::int64_t first_end_ms = 0;  ///< of the first step's window
  std::int64_t step_ms = 0;       ///< 0: the same window for all

  [[nodiscard]] std::int64_t end_ms(std::size_t step) const {
    return first_end_ms + step_ms * static_cast<std::int64_t>(step);
  }
};

/// A function over a range vector, called.
struct WindowCall {
  Function function = Function::kRate;
  WindowFunction apply = nullptr;
  std::vector<double> parameters;  ///< one for each step, or none
  Span range_span;                 ///< where the range vector stands, for what is said about it
};

/// What is done with each series of a range vector.
struct WindowRun {
  WindowPlan plan;
  Steps steps;
  const WindowCall& call;
};

/// Evaluates one query, node by node over all steps, as Prometheus does (promql/engine.go, eval).
/// threads: one.
class Evaluator {
 public:
  /// owner: the caller keeps all but the settings alive.
  Evaluator(const EvaluationSettings& settings, const SeriesSource& source, EvaluationLimits& limits,
            Annotations& annotations, const std::unordered_set<const Expression*>& invariant)
      : settings_(settings), source_(source), limits_(limits), annotations_(annotations), invariant_(invariant) {}

  /// The values of a scalar or of an instant vector.  errors: kExecution, kTimeout, kCanceled.
  Outcome evaluate(const Expression& expression, const Scope& scope);

  /// The samples of a range vector at one moment, as a query for `up[5m]` or `up[5m:1m]` gives them.
  Expected<std::vector<ResultSeries>, QueryError> evaluate_range(const Expression& expression, const Scope& scope);

 private:
  Outcome evaluate_node(const Expression& expression, const Scope& scope);

  // evaluator_selectors.cpp
  Expected<std::vector<std::unique_ptr<store::SeriesView>>, QueryError> select(const VectorSelector& selector,
                                                                               std::int64_t from_ms, std::int64_t to_ms,
                                                                               const Scope& scope);
  Outcome select_vector(const VectorSelector& selector, const Scope& scope, bool times);
  Outcome evaluate_subquery(const Subquery& subquery, const Steps& steps, const Scope& scope);
  [[nodiscard]] WindowPlan plan_windows(std::int64_t range_ms, const TimeShift& shift, const Scope& scope) const;
  [[nodiscard]] Steps subquery_steps(const Subquery& subquery, const WindowPlan& plan, const Scope& scope) const;

  // evaluator_calls.cpp
  Outcome call(const Call& call, const Scope& scope);
  Outcome call_element_function(const Call& call, const Scope& scope);
  Outcome call_date_function(const Call& call, const Scope& scope);
  Outcome call_time(const Call& call, const Scope& scope);
  Outcome call_pi(const Call& call, const Scope& scope);
  Outcome call_vector(const Call& call, const Scope& scope);
  Outcome call_scalar(const Call& call, const Scope& scope);
  Outcome call_clamp(const Call& call, const Scope& scope);
  Outcome call_round(const Call& call, const Scope& scope);
  Outcome call_sort(const Call& call, const Scope& scope);
  Outcome call_timestamp(const Call& call, const Scope& scope);
  Outcome call_absent(const Call& call, const Scope& scope);
  Outcome call_label_function(const Call& call, const Scope& scope);
  Outcome call_bucket_function(const Call& call, const Scope& scope);
  Outcome call_native_histogram_function(const Call& call, const Scope& scope);

  // evaluator_ranges.cpp
  Outcome call_window_function(const Call& call, const Scope& scope);
  Outcome call_absent_over_time(const Call& call, const Scope& scope);
  Outcome apply_windows(const Expression& range, const Scope& scope, WindowCall call);
  Outcome apply_to_series(const MatrixSelector& range, const Scope& scope, const WindowCall& call);
  Outcome apply_to_subquery(const Subquery& subquery, const Scope& scope, const WindowCall& call);
  Expected<Ok, QueryError> append_row(const LabelSet& labels, std::span<const store::Sample> samples,
                                      const WindowRun& run, Matrix& matrix);

  // evaluator_operators.cpp
  Outcome negate(const Unary& unary, const Scope& scope);
  Outcome binary(const Binary& binary, const Scope& scope);
  Outcome aggregate(const Aggregation& aggregation, const Scope& scope);

  EvaluationSettings settings_;
  const SeriesSource& source_;
  EvaluationLimits& limits_;
  Annotations& annotations_;
  const std::unordered_set<const Expression*>& invariant_;
};

}  // namespace sonde::promql
