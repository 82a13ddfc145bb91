#pragma once

#include <cstdint>

#include "app/config_reload.h"
#include "base/result.h"
#include "config/types.h"

namespace sonde::app {

enum class Role : std::uint8_t {
  kHost,  ///< measures the host it runs on, and pages
  kHub,   ///< pages for others that send it their alerts; loads nothing into the kernel and needs no privileges
};

/// Runs the daemon until SIGTERM or SIGINT; on SIGHUP, `read` gives the configuration as it is now. Blocks those
/// signals in the calling thread, which must be the only one. errors: what kept it from starting, or made it stop.
Result<> run_daemon(const config::Config& config, Role role, ConfigReader read);

}  // namespace sonde::app
