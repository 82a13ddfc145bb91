#pragma once

#include "app/heartbeat_desk.h"
#include "base/clock.h"
#include "serve/router.h"

namespace sonde::app {

/// Where jobs call: POST /api/sonde/v1/heartbeats/NAME; GET /api/sonde/v1/heartbeats lists who has to.
/// owner: the caller keeps both alive as long as the router serves.
void add_heartbeat_pages(serve::Router& router, HeartbeatDesk& desk, const Clock& clock);

}  // namespace sonde::app
