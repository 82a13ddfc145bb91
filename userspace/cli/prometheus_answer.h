#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace sonde::cli {

/// Names and values of one series, its name as `__name__`, in the order of the names.  shape: UTF-8, unsanitised.
using SeriesLabels = std::map<std::string, std::string>;

/// One value at one time: as the daemon wrote it, and as a number (NaN where the text is no number).
struct Sample {
  WallTime at;
  double value = 0;
  std::string text;
};

/// One series of a result; a scalar and a string are one series without labels.
struct ResultSeries {
  SeriesLabels labels;
  std::vector<Sample> samples;
};

enum class ResultKind : std::uint8_t { kVector, kMatrix, kScalar, kString };

/// What an expression was evaluated to.
struct QueryResult {
  ResultKind kind = ResultKind::kVector;
  std::vector<ResultSeries> series;
};

/// What Prometheus' HTTP API wraps every answer in (web/api/v1/api.go, Response).
struct PrometheusAnswer {
  std::string data;  ///< JSON, as the daemon wrote it but for white space
  std::vector<std::string> warnings;
  std::vector<std::string> infos;
};

/// True if this is an answer of Prometheus' HTTP API, good or bad.
bool is_prometheus_answer(std::string_view json);

/// Takes the wrapping off.  errors: kBadInput with the text of the daemon's error, or naming what makes no sense.
Result<PrometheusAnswer> parse_prometheus_answer(std::string_view json);

/// Reads the data of /api/v1/query and /api/v1/query_range.  errors: kBadInput, naming the field.
Result<QueryResult> parse_query_result(std::string_view data);

/// Reads the data of /api/v1/series.  errors: kBadInput, naming the field.
Result<std::vector<SeriesLabels>> parse_series(std::string_view data);

}  // namespace sonde::cli
