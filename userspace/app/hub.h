#pragma once

#include "app/config_reload.h"
#include "base/result.h"
#include "config/types.h"

namespace sonde::app {

/// Runs a hub until SIGTERM or SIGINT. One whose configuration names a store that several share stands by until it is
/// the one that decides, decides until another has taken over, and stands by again; the server's address stays the
/// same. On SIGHUP one that decides has `read` give the configuration as it is now. Blocks those signals in the calling
/// thread, which must be the only one. errors: what kept it from starting, or made it stop.
Result<> run_hub(const config::Config& config, const ConfigReader& read);

}  // namespace sonde::app
