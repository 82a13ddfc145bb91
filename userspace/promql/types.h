#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/types.h"

namespace sonde::promql {

enum class ValueType : std::uint8_t { kNone, kScalar, kVector, kMatrix, kString };

/// As Prometheus' API and errors spell it (promql/parser/value.go).
constexpr std::string_view name_of(ValueType type) {
  switch (type) {
    case ValueType::kNone:
      return "none";
    case ValueType::kScalar:
      return "scalar";
    case ValueType::kVector:
      return "vector";
    case ValueType::kMatrix:
      return "matrix";
    case ValueType::kString:
      return "string";
  }
  std::abort();
}

/// One series of an answer.
struct ResultSeries {
  std::shared_ptr<const store::Labels> labels;  ///< never null; without the metric's name where an operation dropped it
  std::vector<store::Sample> samples;           ///< a vector's and a scalar's: one
};

/// What an expression amounts to, as Prometheus' HTTP API gives it.
/// shape: kScalar and kString have one entry in `series` without labels (the string's sample holds its time only).
struct QueryValue {
  ValueType type = ValueType::kNone;
  std::vector<ResultSeries> series;
  std::string text;  ///< kString
};

/// An answer with what should be said about it.
struct QueryResult {
  QueryValue value;
  std::vector<std::string> warnings;  ///< "PromQL warning: ...", sorted, each once
  std::vector<std::string> infos;     ///< "PromQL info: ...", likewise
};

/// The error types of Prometheus' HTTP API (web/api/v1/api.go) that a query can end in.
enum class QueryErrorKind : std::uint8_t { kBadData, kExecution, kTimeout, kCanceled };

/// `what` reads as Prometheus words it, so that clients that parse it still can: "1:7: parse error: unexpected ...".
struct QueryError {
  QueryErrorKind kind = QueryErrorKind::kExecution;
  std::string what;
};

/// units: milliseconds since the Unix epoch. An instant query has start == end and step 0.
struct QueryRequest {
  std::string expression;
  std::int64_t start_ms = 0;
  std::int64_t end_ms = 0;
  std::int64_t step_ms = 0;
  std::chrono::nanoseconds lookback{0};  ///< 0: EngineOptions::lookback
  std::chrono::nanoseconds timeout{0};   ///< 0: EngineOptions::timeout; never more than that
  bool fine_buckets = true;  ///< histogram_quantile reads finer buckets than are exported, where there are any
};

/// The number at an expression's top: of `rate(a[5m]) > 0.9 and b`, "above 0.9".  units: bytes within the expression.
struct Threshold {
  bool above = true;  ///< else the expression holds below it
  bool inclusive = false;
  double value = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// What can be said of an expression without evaluating it.  units: milliseconds.
struct ExpressionFacts {
  ValueType type = ValueType::kNone;
  /// The expression without the conditions at its top: of `a / b > 0.9 and c`, `a / b`. What is in its result has data,
  /// whether the condition holds or not. Empty if the expression compares nothing.
  std::string presence;
  /// How many samples the longest range of `presence` (of the whole, where that is empty) holds, with labels that are
  /// among those of its result; empty if there is no range.
  std::string coverage;
  std::optional<Threshold> threshold{};
  std::int64_t range_ms = 0;                           ///< that range
  std::vector<std::vector<store::Matcher>> selectors;  ///< what is read, the metric's name among the matchers
  std::vector<std::string> metrics;                    ///< names that are read, sorted, each once
};

struct EngineOptions {
  std::chrono::nanoseconds lookback = std::chrono::minutes{5};
  std::chrono::nanoseconds timeout = std::chrono::minutes{2};
  std::size_t max_samples = 50'000'000;  ///< held at once by one query
  std::size_t max_depth = 200;           ///< of nested expressions
  std::size_t max_expression_bytes = std::size_t{64} << 10U;
  std::chrono::nanoseconds subquery_step = std::chrono::minutes{1};  ///< of subqueries that give none
};

}  // namespace sonde::promql
