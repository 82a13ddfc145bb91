#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "app/alerting.h"
#include "app/snapshot_source.h"
#include "base/clock.h"
#include "capture/types.h"
#include "serve/metrics_renderer.h"
#include "serve/router.h"

namespace sonde::app {

/// What the pages are made of.  owner: the caller keeps everything alive as long as the router serves.
struct EndpointSources {
  SnapshotSource& snapshots;
  serve::MetricsRenderer& renderer;
  const Alerting& alerting;
  const Clock& clock;
  /// The sensors as they are now.  threads: called on the server's.
  std::function<std::vector<capture::SensorReport>()> sensors;
  std::function<std::vector<capture::HookCost>()> hooks;
  std::function<std::vector<capture::Loss>()> losses;
};

/// /metrics, /-/healthy, /-/ready and /api/sonde/v1/.
serve::Router make_router(const EndpointSources& sources);

}  // namespace sonde::app
