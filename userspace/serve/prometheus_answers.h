#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "promql/types.h"
#include "store/types.h"

// The answers of Prometheus' HTTP API, as its web/api/v1/api.go and json_codec.go write them.
namespace sonde::serve {

/// What went wrong, as the API's "errorType" says it.
enum class ApiErrorType : std::uint8_t { kBadData, kExecution, kTimeout, kCanceled, kInternal, kNotFound };

std::string_view name_of(ApiErrorType type);

/// The HTTP status that goes with it.
unsigned status_of(ApiErrorType type);

std::string error_json(ApiErrorType type, std::string_view what);

/// `data` is JSON already.  shape: of warnings and infos, ten each are given, and how many more there are.
std::string data_json(std::string_view data, std::span<const std::string> warnings = {},
                      std::span<const std::string> infos = {});

/// A query's answer.
std::string query_json(const promql::QueryResult& result);

/// Names or values of labels.
std::string strings_json(std::span<const std::string> strings, std::span<const std::string> warnings = {});

/// Label sets.
std::string series_json(std::span<const std::shared_ptr<const store::Labels>> series,
                        std::span<const std::string> warnings = {});

/// What is known of metrics, by name.
std::string metadata_json(const std::map<std::string, std::vector<store::MetricMetadata>>& metrics);

}  // namespace sonde::serve
