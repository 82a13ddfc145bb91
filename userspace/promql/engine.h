#pragma once

#include <stop_token>

#include "base/clock.h"
#include "base/result.h"
#include "promql/series_source.h"
#include "promql/types.h"

namespace sonde::promql {

/// Answers PromQL as Prometheus 3 would over the same samples, with one thing more: QueryRequest::fine_buckets. Then
/// the selectors below the buckets' argument of histogram_quantile and histogram_fraction ask for histograms' finer
/// buckets (store::Selection), if they have no matcher on `le` and nothing between takes buckets together or apart:
/// functions over range vectors, arithmetic with scalars, and sum and avg that keep `le` do not.
/// threads: any; each query runs on the thread that asks.
class Engine {
 public:
  /// owner: the caller keeps `source` and `clock` alive. `clock` is read for timeouts only.
  Engine(EngineOptions options, const SeriesSource& source, const Clock& clock)
      : options_(options), source_(source), clock_(clock) {}

  /// errors: kBadData if the expression or the range is wrong, kExecution if it cannot be evaluated (many-to-many
  /// matching, too many samples), kTimeout, kCanceled once `stop` is requested.
  [[nodiscard]] Expected<QueryResult, QueryError> run(const QueryRequest& request,
                                                      const std::stop_token& stop = {}) const;

  [[nodiscard]] const EngineOptions& options() const { return options_; }

 private:
  EngineOptions options_;
  const SeriesSource& source_;
  const Clock& clock_;
};

}  // namespace sonde::promql
