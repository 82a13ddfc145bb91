#include "app/past.h"

#include <utility>

namespace sonde::app {

Past::Past(const config::Config& config, std::unique_ptr<store::Database> database, SnapshotSource& snapshots,
           const Clock& clock)
    : config_(config),
      clock_(clock),
      started_(clock.now()),
      database_(std::move(database)),
      series_(*database_),
      engine_(config.query.engine, series_, clock),
      loop_(config.store, *database_, snapshots, clock) {}

PrometheusSources Past::sources(const Alerting& alerting, const LiveConfig& live, std::stop_token stop) const {
  return {.engine = engine_,
          .database = *database_,
          .store_options = config_.store,
          .alerting = [&alerting] { return alerting.view(); },
          .clock = clock_,
          .config = live,
          .max_queries = config_.query.max_concurrent,
          .fine_buckets = config_.query.fine_buckets,
          .started = started_,
          .stop = std::move(stop)};
}

}  // namespace sonde::app
