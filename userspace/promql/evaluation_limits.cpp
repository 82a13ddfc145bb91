#include "promql/evaluation_limits.h"

#include <utility>

namespace sonde::promql {

Expected<Ok, QueryError> EvaluationLimits::hold(std::size_t samples) {
  held_ += samples;
  if (held_ <= max_samples_) return Ok{};
  return execution_error("query processing would load too many samples into memory in query execution");
}

Expected<Ok, QueryError> EvaluationLimits::look() {
  spent_ = 0;
  if (stop_.stop_requested()) {
    return QueryError{QueryErrorKind::kCanceled, "query was canceled in expression evaluation"};
  }
  if (clock_.kernel_now() < deadline_) return Ok{};
  return QueryError{QueryErrorKind::kTimeout, "query timed out in expression evaluation"};
}

QueryError execution_error(std::string what) { return QueryError{QueryErrorKind::kExecution, std::move(what)}; }

QueryError same_labels_error() { return execution_error("vector cannot contain metrics with the same labelset"); }

}  // namespace sonde::promql
