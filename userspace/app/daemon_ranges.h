#pragma once

#include "app/recorded_language.h"
#include "cli/types.h"

namespace sonde::app {

/// Range queries that a running daemon answers, or a Prometheus.
class DaemonRanges final : public RangeSource {
 public:
  explicit DaemonRanges(cli::DaemonAddress address) : address_(std::move(address)) {}

  /// In as many requests as the limit of points of the API takes.
  [[nodiscard]] Expected<std::vector<promql::ResultSeries>, promql::QueryError> range(
      const std::string& expression, const EvaluationGrid& grid) const override;

 private:
  const cli::DaemonAddress address_;
};

}  // namespace sonde::app
