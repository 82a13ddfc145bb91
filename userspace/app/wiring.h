#pragma once

#include "base/result.h"
#include "config/types.h"

namespace sonde::app {

/// Runs the daemon until SIGTERM or SIGINT. Blocks those signals in the calling thread, which must be the only one.
/// errors: what kept it from starting, or made it stop.
Result<> run_daemon(const config::Config& config);

}  // namespace sonde::app
