#pragma once

#include "cli/prometheus_answer.h"
#include "cli/query_output.h"

namespace sonde::cli {

/// Requests per second of two services at one moment, as /api/v1/query answers.
constexpr const char* kVectorData =
    R"({"resultType":"vector","result":[)"
    R"({"metric":{"service_name":"nginx"},"value":[1772373787.25,"20.033333333333335"]},)"
    R"({"metric":{"service_name":"reports"},"value":[1772373787.25,"0.5"]}]})";

/// The same over five minutes, as /api/v1/query_range answers; one service pauses.
constexpr const char* kMatrixData =
    R"({"resultType":"matrix","result":[)"
    R"({"metric":{"service_name":"nginx"},"values":)"
    R"([[1772373480,"12"],[1772373540,"14.5"],[1772373600,"19"],[1772373660,"33"],[1772373720,"26"],[1772373780,"20"]]},)"
    R"({"metric":{"service_name":"reports"},"values":[[1772373480,"0.5"],[1772373540,"0.25"],[1772373780,"0.5"]]}]})";

inline RangeGrid sample_grid() {
  const WallTime end{std::chrono::seconds{1'772'373'780}};
  return RangeGrid{end - std::chrono::minutes{5}, end, std::chrono::minutes{1}};
}

inline std::vector<SeriesLabels> sample_series() {
  return {{{"__name__", "sonde_series"}, {"service_name", "reports"}},
          {{"__name__", "sonde_series"}, {"service_name", "nginx"}},
          {{"__name__", "sonde_build_info"}, {"version", "1.0"}}};
}

}  // namespace sonde::cli
