#include "app/prometheus_query.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "app/prometheus_tree.h"
#include "promql/parser.h"
#include "serve/json_text.h"
#include "serve/prometheus_answers.h"

namespace sonde::app {
namespace {

using serve::ApiErrorType;
using serve::Parameters;

constexpr std::chrono::nanoseconds::rep kMostSteps = 11'000;

std::int64_t milliseconds(std::chrono::nanoseconds value) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(value).count();
}

std::int64_t now_ms(const PrometheusState& state) { return milliseconds(state.sources.clock.now().time_since_epoch()); }

/// Parse errors are the parameter's; the others are the query's.
ApiError to_api_error(const promql::QueryError& error) {
  switch (error.kind) {
    case promql::QueryErrorKind::kBadData:
      return invalid_parameter("query", error.what);
    case promql::QueryErrorKind::kExecution:
      return {ApiErrorType::kExecution, error.what};
    case promql::QueryErrorKind::kTimeout:
      return {ApiErrorType::kTimeout, error.what};
    case promql::QueryErrorKind::kCanceled:
      return {ApiErrorType::kCanceled, error.what};
  }
  std::abort();
}

/// What instant and range queries both take.
ApiResult<promql::QueryRequest> common_request(const PrometheusState& state, const Parameters& query) {
  promql::QueryRequest request;
  request.expression = query.value("query");
  request.timeout = state.sources.engine.options().timeout;
  if (const std::string_view text = query.value("timeout"); !text.empty()) {
    const auto timeout = read_duration(text);
    if (!timeout) return invalid_parameter("timeout", timeout.error().what);
    // No time at all is too little for any query, while 0 would ask for the default.
    request.timeout = std::clamp(*timeout, std::chrono::nanoseconds{1}, request.timeout);
  }
  if (const std::string_view text = query.value("lookback_delta"); !text.empty()) {
    const auto lookback = read_duration(text);
    if (!lookback) {
      return ApiError{ApiErrorType::kBadData, "error parsing lookback delta duration: " + lookback.error().what};
    }
    request.lookback = std::max(*lookback, std::chrono::nanoseconds{0});
  }
  request.fine_buckets = state.sources.fine_buckets;
  if (const std::string* const text = query.find("sonde_fine_buckets")) {
    if (*text != "true" && *text != "false") {
      return invalid_parameter("sonde_fine_buckets", "it must be true or false");
    }
    request.fine_buckets = *text == "true";
  }
  return request;
}

ApiAnswer run(const PrometheusState& state, promql::QueryRequest request, std::size_t limit) {
  const auto began = state.sources.clock.kernel_now();
  const auto pass = state.gate.enter(request.timeout, state.sources.stop);
  if (!pass) return to_api_error(pass.error());
  const auto waited = state.sources.clock.kernel_now() - began;
  request.timeout = std::max(request.timeout - waited, std::chrono::nanoseconds{1});
  auto result = state.sources.engine.run(request, state.sources.stop);
  if (!result) return to_api_error(result.error());
  const promql::ValueType type = result->value.type;
  if (type == promql::ValueType::kVector || type == promql::ValueType::kMatrix) {
    for (std::string& note : truncate(result->value.series, limit)) result->warnings.push_back(std::move(note));
  }
  return serve::query_json(*result);
}

/// The parameter `step`.  units: nanoseconds, more than none.
ApiResult<std::chrono::nanoseconds> step_of(const Parameters& query) {
  const auto step = read_duration(query.value("step"));
  if (!step) return invalid_parameter("step", step.error().what);
  if (step->count() > 0) return *step;
  return invalid_parameter("step",
                           "zero or negative query resolution step widths are not accepted. Try a positive integer");
}

ApiResult<promql::ExpressionPtr> parse(const PrometheusState& state, const Parameters& query) {
  auto expression = promql::parse(query.value("query"), state.sources.engine.options());
  if (!expression) return to_api_error(expression.error());
  return *std::move(expression);
}

/// A time that must be there.
ApiResult<std::int64_t> required_time(const Parameters& query, std::string_view name) {
  const auto at_ms = read_time(query.value(name));
  if (!at_ms) return invalid_parameter(name, at_ms.error().what);
  return *at_ms;
}

/// More points than one could draw are refused. A range beyond what nanoseconds can count is as long as they can.
bool has_too_many_steps(std::int64_t start_ms, std::int64_t end_ms, std::chrono::nanoseconds step) {
  constexpr std::uint64_t kMostMs = static_cast<std::uint64_t>(std::chrono::nanoseconds::max().count()) / 1'000'000;
  const auto range_ms = static_cast<std::uint64_t>(end_ms) - static_cast<std::uint64_t>(start_ms);
  const std::chrono::nanoseconds range = range_ms > kMostMs
                                             ? std::chrono::nanoseconds::max()
                                             : std::chrono::milliseconds(static_cast<std::int64_t>(range_ms));
  return range / step > kMostSteps;
}

}  // namespace

ApiAnswer instant_query(const PrometheusState& state, const serve::HttpRequest& request) {
  const std::size_t limit = SONDE_TRY(limit_parameter(request.query));
  const std::int64_t at_ms = SONDE_TRY(time_parameter(request.query, "time", now_ms(state)));
  promql::QueryRequest query = SONDE_TRY(common_request(state, request.query));
  query.start_ms = at_ms;
  query.end_ms = at_ms;
  return run(state, std::move(query), limit);
}

ApiAnswer range_query(const PrometheusState& state, const serve::HttpRequest& request) {
  const std::size_t limit = SONDE_TRY(limit_parameter(request.query));
  const std::int64_t start_ms = SONDE_TRY(required_time(request.query, "start"));
  const std::int64_t end_ms = SONDE_TRY(required_time(request.query, "end"));
  if (end_ms < start_ms) return invalid_parameter("end", "end timestamp must not be before start time");
  const std::chrono::nanoseconds step = SONDE_TRY(step_of(request.query));
  if (has_too_many_steps(start_ms, end_ms, step)) {
    return ApiError{ApiErrorType::kBadData,
                    "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query "
                    "resolution (?step=XX)"};
  }
  promql::QueryRequest query = SONDE_TRY(common_request(state, request.query));
  query.start_ms = start_ms;
  query.end_ms = end_ms;
  query.step_ms = std::max<std::int64_t>(milliseconds(step), 1);
  return run(state, std::move(query), limit);
}

ApiAnswer format_query(const PrometheusState& state, const serve::HttpRequest& request) {
  const promql::ExpressionPtr expression = SONDE_TRY(parse(state, request.query));
  std::string text;
  serve::append_json_string(text, promql::to_pretty_text(*expression));
  return serve::data_json(text);
}

ApiAnswer parse_query(const PrometheusState& state, const serve::HttpRequest& request) {
  const promql::ExpressionPtr expression = SONDE_TRY(parse(state, request.query));
  return serve::data_json(tree_json(*expression));
}

ApiAnswer query_exemplars(const PrometheusState& state, const serve::HttpRequest& request) {
  const std::int64_t start_ms = SONDE_TRY(time_parameter(request.query, "start", kMinTimeMs));
  const std::int64_t end_ms = SONDE_TRY(time_parameter(request.query, "end", kMaxTimeMs));
  if (end_ms < start_ms) {
    return ApiError{ApiErrorType::kBadData, "end timestamp must not be before start timestamp"};
  }
  const auto expression = promql::parse(request.query.value("query"), state.sources.engine.options());
  if (!expression) return ApiError{ApiErrorType::kBadData, expression.error().what};
  if (!has_selector(**expression)) return std::string();
  return serve::data_json("[]");
}

}  // namespace sonde::app
