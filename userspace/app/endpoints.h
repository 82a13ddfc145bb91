#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "app/alerting.h"
#include "app/probe_witness.h"
#include "app/prometheus_api.h"
#include "app/reload_requests.h"
#include "app/sensors.h"
#include "app/snapshot_source.h"
#include "base/clock.h"
#include "host/event_log.h"
#include "probe/prober.h"
#include "serve/metrics_renderer.h"
#include "serve/router.h"

namespace sonde::app {

/// What the pages are made of.  owner: the caller keeps everything alive as long as the router serves.
struct EndpointSources {
  SnapshotSource& snapshots;
  serve::MetricsRenderer& renderer;
  const Alerting& alerting;
  const Clock& clock;
  const Sensors& sensors;
  const host::EventLog& events;
  ReloadRequests& reloads;
  const probe::Prober& prober;
  const ProbeWitness& witness;
  std::chrono::nanoseconds recent_past;  ///< windows up to it are known to the second
  const PrometheusSources& prometheus;
};

/// /metrics, /-/healthy, /-/ready, /api/sonde/v1/ and Prometheus' /api/v1/.
serve::Router make_router(const EndpointSources& sources);

}  // namespace sonde::app
