#pragma once

#include <memory>
#include <vector>

#include "app/alerting.h"
#include "app/answering.h"
#include "app/heartbeat_desk.h"
#include "app/live_config.h"
#include "app/probe_witness.h"
#include "app/prometheus_api.h"
#include "app/reload_requests.h"
#include "app/sensors.h"
#include "app/snapshot_source.h"
#include "base/clock.h"
#include "host/event_log.h"
#include "probe/prober.h"
#include "serve/handler.h"
#include "serve/metrics_renderer.h"
#include "serve/router.h"

namespace sonde::app {

/// What the pages are made of.  owner: the caller keeps everything alive as long as the router serves.
struct EndpointSources {
  SnapshotSource& snapshots;
  serve::MetricsRenderer& renderer;
  Alerting& alerting;
  HeartbeatDesk& heartbeats;
  const Clock& clock;
  const Sensors& sensors;
  const host::EventLog& events;
  ReloadRequests& reloads;
  const probe::Prober& prober;
  const ProbeWitness& witness;
  const LiveConfig& live;
  const PrometheusSources& prometheus;
  Answering& answering;
};

/// /metrics, /-/healthy, /-/ready, /api/sonde/v1/, Prometheus' /api/v1/ and Alertmanager's /api/v2/.
serve::Router make_router(const EndpointSources& sources);

/// The same, for those who may: what a server serves.
serve::Handler make_pages(const EndpointSources& sources);

}  // namespace sonde::app
