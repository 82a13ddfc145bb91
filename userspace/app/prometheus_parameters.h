#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "serve/prometheus_answers.h"
#include "serve/types.h"
#include "store/types.h"

// How Prometheus' HTTP API reads its parameters (web/api/v1/api.go), with its words for what is wrong.
namespace sonde::app {

/// Why there is no answer.
struct ApiError {
  serve::ApiErrorType type = serve::ApiErrorType::kBadData;
  std::string what;
};

template <class T>
using ApiResult = Expected<T, ApiError>;

/// The ends of time where a request gives none: `MinTime` and `MaxTime` there.
inline constexpr std::int64_t kMinTimeMs = std::numeric_limits<std::int64_t>::min() / 1000 * 1000 + 62135596801000;
inline constexpr std::int64_t kMaxTimeMs = std::numeric_limits<std::int64_t>::max() / 1000 * 1000 - 62135596801000;

/// `invalid parameter "NAME": WHAT`, which is bad data.
ApiError invalid_parameter(std::string_view name, const std::string& what);

/// Reads seconds since the epoch, with decimals, or RFC 3339. Times beyond the ends are those ends.
/// units: milliseconds.  errors: kBadInput.
Result<std::int64_t> read_time(std::string_view text);

/// Reads seconds, with decimals, or `1h30m` (model.ParseDuration of prometheus/common).  errors: kBadInput.
Result<std::chrono::nanoseconds> read_duration(std::string_view text);

/// Reads what strconv.Atoi of Go reads.  errors: kBadInput.
Result<std::int64_t> read_integer(std::string_view text);

/// Of ASCII letters.
std::string lower_case(std::string_view text);

/// A time that may be left out.  units: milliseconds.
ApiResult<std::int64_t> time_parameter(const serve::Parameters& query, std::string_view name,
                                       std::int64_t otherwise_ms);

/// The parameter `limit`.  units: 0 is none.
ApiResult<std::size_t> limit_parameter(const serve::Parameters& query);

/// The conditions of each `match[]`; those that would hold for every series are refused.
ApiResult<std::vector<std::vector<store::Matcher>>> matchers_of(const serve::Parameters& query);

/// What a label is called in a path: names that are not plain come as `U__` and hexadecimal code points
/// (model.UnescapeName of prometheus/common). What is no such escape stays as it is.
std::string unescape_label_name(std::string_view name);

}  // namespace sonde::app
