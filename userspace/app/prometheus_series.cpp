#include "app/prometheus_series.h"

#include <cstdint>
#include <map>
#include <utility>

#include "base/utf8.h"
#include "promql/rune.h"
#include "serve/prometheus_answers.h"

namespace sonde::app {
namespace {

using serve::ApiErrorType;
using serve::Parameters;

/// Which series, and how many answers.
struct Choice {
  std::vector<store::Selection> selections;  ///< empty: all there are
  std::size_t limit = 0;
};

/// Whether the parameter is named when a match[] is wrong; Prometheus does so at /series alone.
enum class MatchFault : std::uint8_t { kBare, kNamed };

/// Reads limit, start, end and match[]. A range without match[] selects all series in it.
ApiResult<Choice> choice_of(const Parameters& query, MatchFault fault = MatchFault::kBare) {
  Choice choice;
  choice.limit = SONDE_TRY(limit_parameter(query));
  const std::int64_t start_ms = SONDE_TRY(time_parameter(query, "start", kMinTimeMs));
  const std::int64_t end_ms = SONDE_TRY(time_parameter(query, "end", kMaxTimeMs));
  auto read = matchers_of(query);
  if (!read && fault == MatchFault::kNamed) return invalid_parameter("match[]", read.error().what);
  auto sets = SONDE_TRY(std::move(read));
  const bool has_range = start_ms != kMinTimeMs || end_ms != kMaxTimeMs;
  if (sets.empty() && has_range) sets.emplace_back();
  for (std::vector<store::Matcher>& matchers : sets) {
    choice.selections.push_back({.matchers = std::move(matchers), .from_ms = start_ms, .to_ms = end_ms});
  }
  return choice;
}

ApiError cannot_select(const Error& error) { return {ApiErrorType::kExecution, error.what}; }

/// A number that may be left out: then -1.
ApiResult<std::int64_t> count_parameter(const Parameters& query, std::string_view name) {
  const std::string_view text = query.value(name);
  if (text.empty()) return std::int64_t{-1};
  const auto count = read_integer(text);
  if (!count) return ApiError{ApiErrorType::kBadData, std::string(name) + " must be a number"};
  return *count;
}

}  // namespace

ApiAnswer find_series(const PrometheusState& state, const serve::HttpRequest& request) {
  if (request.query.find("match[]") == nullptr) {
    return ApiError{ApiErrorType::kBadData, "no match[] parameter provided"};
  }
  const Choice choice = SONDE_TRY(choice_of(request.query, MatchFault::kNamed));
  auto series = state.sources.database.series(choice.selections);
  if (!series) return cannot_select(series.error());
  const std::vector<std::string> warnings = truncate(*series, choice.limit);
  return serve::series_json(*series, warnings);
}

ApiAnswer label_names(const PrometheusState& state, const serve::HttpRequest& request) {
  const Choice choice = SONDE_TRY(choice_of(request.query));
  auto names = state.sources.database.label_names(choice.selections);
  if (!names) return cannot_select(names.error());
  const std::vector<std::string> warnings = truncate(*names, choice.limit);
  return serve::strings_json(*names, warnings);
}

ApiAnswer label_values(const PrometheusState& state, const serve::HttpRequest& request, const std::string& name) {
  const std::string label = unescape_label_name(name);
  if (label.empty() || !is_valid_utf8(label)) {
    return ApiError{ApiErrorType::kBadData, "invalid label name: " + promql::quote(label)};
  }
  const Choice choice = SONDE_TRY(choice_of(request.query));
  auto values = state.sources.database.label_values(label, choice.selections);
  if (!values) return cannot_select(values.error());
  const std::vector<std::string> warnings = truncate(*values, choice.limit);
  return serve::strings_json(*values, warnings);
}

ApiAnswer metric_metadata(const PrometheusState& state, const serve::HttpRequest& request) {
  const std::int64_t limit = SONDE_TRY(count_parameter(request.query, "limit"));
  SONDE_TRY(count_parameter(request.query, "limit_per_metric"));  // each metric has one entry
  const std::string_view wanted = request.query.value("metric");
  std::map<std::string, std::vector<store::MetricMetadata>> metrics;
  for (store::MetricMetadata& entry : state.sources.database.metadata()) {
    if (limit >= 0 && metrics.size() >= static_cast<std::size_t>(limit)) break;
    if (!wanted.empty() && entry.name != wanted) continue;
    const std::string name = entry.name;
    metrics[name] = {std::move(entry)};
  }
  return serve::metadata_json(metrics);
}

}  // namespace sonde::app
