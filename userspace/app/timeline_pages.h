#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "app/incident_pages.h"
#include "serve/router.h"

namespace sonde::app {

/// How long a request may wait for news, and how many may do so at once: each keeps a thread of the server.
struct WaitLimits {
  std::chrono::nanoseconds longest = std::chrono::seconds{60};
  std::chrono::nanoseconds look_every = std::chrono::milliseconds{200};
  std::size_t max_waiting = 16;  ///< those beyond are answered at once
};

/// /api/sonde/v1/timeline?after=&incident=&limit=&wait= and /api/sonde/v1/incidents/ID/timeline.
void add_timeline_pages(serve::Router& router, const IncidentSources& sources, const WaitLimits& limits = {});

}  // namespace sonde::app
