#include "promql/engine.h"

#include <algorithm>
#include <utility>

#include "promql/annotations.h"
#include "promql/evaluation_limits.h"
#include "promql/evaluation_shape.h"
#include "promql/evaluator.h"
#include "promql/label_functions.h"
#include "promql/parser.h"

namespace sonde::promql {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

std::int64_t milliseconds_of(nanoseconds duration) { return duration_cast<milliseconds>(duration).count(); }

bool is_instant(const QueryRequest& request) { return request.start_ms == request.end_ms && request.step_ms == 0; }

/// Far beyond any time that samples have; times between them can be added and subtracted without a care.
constexpr std::int64_t kFarthestMs = std::int64_t{1} << 60;

Expected<Steps, QueryError> steps_of(const QueryRequest& request) {
  if (std::max(request.start_ms, request.end_ms) > kFarthestMs ||
      std::min(request.start_ms, request.end_ms) < -kFarthestMs) {
    return QueryError{QueryErrorKind::kBadData, "the time is out of bounds"};
  }
  if (is_instant(request)) return Steps{request.start_ms, 1, 1};
  if (request.end_ms < request.start_ms) {
    return QueryError{QueryErrorKind::kBadData, "end timestamp must not be before start time"};
  }
  if (request.step_ms <= 0) {
    return QueryError{QueryErrorKind::kBadData,
                      "zero or negative query resolution step widths are not accepted. Try a positive integer"};
  }
  const std::int64_t count = (request.end_ms - request.start_ms) / request.step_ms + 1;
  return Steps{request.start_ms, request.step_ms, static_cast<std::size_t>(count)};
}

/// errors: kBadData, in the words of Prometheus (promql/engine.go, NewRangeQuery).
Expected<Ok, QueryError> check_range_type(const Expression& expression) {
  if (expression.type == ValueType::kScalar || expression.type == ValueType::kVector) return Ok{};
  const std::string type = expression.type == ValueType::kString ? "string" : "range vector";
  return QueryError{QueryErrorKind::kBadData,
                    "invalid expression type \"" + type + "\" for range query, must be Scalar or instant Vector"};
}

ResultSeries to_series(const Matrix& matrix, std::size_t index, const Steps& steps) {
  ResultSeries series{labels_of(matrix.labels(index)), {}};
  const std::span<const double> row = matrix.row(index);
  const auto gaps = static_cast<std::size_t>(std::count_if(row.begin(), row.end(), is_absent));
  series.samples.reserve(row.size() - gaps);
  for (std::size_t step = 0; step < row.size(); ++step) {
    if (!is_absent(row[step])) series.samples.push_back(store::Sample{steps.at(step), row[step]});
  }
  return series;
}

Expected<QueryValue, QueryError> evaluate_value(Evaluator& evaluator, const Expression& expression, const Steps& steps,
                                                bool instant) {
  const Scope scope{steps};
  QueryValue value{instant ? expression.type : ValueType::kMatrix, {}, {}};
  if (expression.type == ValueType::kString) {
    value.text = text_of(expression);
    value.series.push_back(ResultSeries{no_labels().labels, {store::Sample{steps.start_ms, 0}}});
    return value;
  }
  if (expression.type == ValueType::kMatrix) {
    value.series = SONDE_TRY(evaluator.evaluate_range(expression, scope));
    return value;
  }
  Matrix matrix = SONDE_TRY(evaluator.evaluate(expression, scope));
  if (!instant) matrix.sort_by_labels();
  value.series.reserve(matrix.size());
  for (std::size_t index = 0; index < matrix.size(); ++index) value.series.push_back(to_series(matrix, index, steps));
  return value;
}

}  // namespace

Expected<QueryResult, QueryError> Engine::run(const QueryRequest& request, const std::stop_token& stop) const {
  const ExpressionPtr expression = SONDE_TRY(parse(request.expression, options_));
  const Steps steps = SONDE_TRY(steps_of(request));
  const bool instant = is_instant(request);
  if (!instant) SONDE_TRY(check_range_type(*expression));
  const nanoseconds wanted = request.timeout.count() > 0 ? request.timeout : options_.timeout;
  EvaluationLimits limits(options_.max_samples, std::min(wanted, options_.timeout), clock_, stop);
  EvaluationSettings settings;
  settings.start_ms = request.start_ms;
  settings.end_ms = request.end_ms;
  settings.lookback_ms = milliseconds_of(request.lookback.count() > 0 ? request.lookback : options_.lookback);
  settings.subquery_step_ms = milliseconds_of(options_.subquery_step);
  settings.fine_buckets = request.fine_buckets;
  Annotations annotations(request.expression);
  const auto invariant = find_step_invariant(*expression);
  Evaluator evaluator(settings, source_, limits, annotations, invariant);
  QueryResult result;
  result.value = SONDE_TRY(evaluate_value(evaluator, *expression, steps, instant));
  result.warnings = annotations.warnings();
  result.infos = annotations.infos();
  return result;
}

}  // namespace sonde::promql
