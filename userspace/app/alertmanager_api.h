#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "app/alert_desk.h"
#include "app/live_config.h"
#include "base/clock.h"
#include "serve/router.h"

namespace sonde::app {

/// Of alerts that are sent without an end.
inline constexpr std::chrono::minutes kResolveTimeout{5};

/// What the answers are made of.  owner: the caller keeps everything alive as long as the router serves.
struct AlertmanagerSources {
  AlertDesk& desk;
  const Clock& clock;
  const LiveConfig& config;  ///< whose routes and receivers are shown
  WallTime started{};
};

/// Alertmanager's HTTP API at /api/v2/, as docs/api.md describes it: amtool, and any Prometheus, can use it.
void add_alertmanager_api(serve::Router& router, const AlertmanagerSources& sources);

}  // namespace sonde::app
