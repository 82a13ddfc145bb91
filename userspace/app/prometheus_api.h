#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "app/alerting_view.h"
#include "app/live_config.h"
#include "base/clock.h"
#include "promql/engine.h"
#include "serve/router.h"
#include "store/database.h"
#include "store/types.h"

namespace sonde::app {

/// What the answers are made of.  owner: the caller keeps everything alive as long as the router serves.
struct PrometheusSources {
  const promql::Engine& engine;
  const store::Database& database;
  const store::StoreOptions& store_options;
  std::function<std::shared_ptr<const AlertingView>()> alerting;  ///< never null.  threads: any
  const Clock& clock;
  const LiveConfig& config;                    ///< what /api/v1/status/config shows
  std::size_t max_queries = 8;                 ///< that run at once; others wait
  bool fine_buckets = true;                    ///< unless a request says otherwise
  std::map<std::string, std::string> flags{};  ///< what /api/v1/status/flags shows
  WallTime started{};
  std::stop_token stop{};  ///< ends running queries, so that the server need not wait for them
};

/// Prometheus' HTTP API at /api/v1/, as docs/api.md describes it.
void add_prometheus_api(serve::Router& router, const PrometheusSources& sources);

}  // namespace sonde::app
