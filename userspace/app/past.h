#pragma once

#include <memory>
#include <stop_token>

#include "app/alerting.h"
#include "app/prometheus_api.h"
#include "app/snapshot_source.h"
#include "app/store_loop.h"
#include "app/store_source.h"
#include "base/clock.h"
#include "config/types.h"
#include "promql/engine.h"
#include "store/database.h"

namespace sonde::app {

/// The store with the thread that feeds it and the engine that answers questions to it.
class Past {
 public:
  /// owner: the caller keeps all but `database` alive.
  Past(const config::Config& config, std::unique_ptr<store::Database> database, SnapshotSource& snapshots,
       const Clock& clock);
  Past(const Past&) = delete;
  Past& operator=(const Past&) = delete;

  [[nodiscard]] StoreLoop& loop() { return loop_; }
  [[nodiscard]] store::Database& database() { return *database_; }
  [[nodiscard]] const promql::Engine& engine() const { return engine_; }

  /// What Prometheus' API answers from; `stop` ends running queries.  owner: this, and the caller keeps `alerting` and
  /// `live`.
  [[nodiscard]] PrometheusSources sources(const Alerting& alerting, const LiveConfig& live, std::stop_token stop) const;

 private:
  const config::Config& config_;
  const Clock& clock_;
  const WallTime started_;
  std::unique_ptr<store::Database> database_;
  StoreSource series_;
  promql::Engine engine_;
  StoreLoop loop_;
};

}  // namespace sonde::app
