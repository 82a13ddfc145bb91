#pragma once

#include <cstdint>

#include "app/config_reload.h"
#include "app/seat.h"
#include "base/result.h"
#include "config/types.h"

namespace sonde::app {

enum class Role : std::uint8_t {
  kHost,  ///< measures the host it runs on, and pages
  kHub,   ///< pages for others that send it their alerts; loads nothing into the kernel and needs no privileges
};

/// Why the daemon has ended.
enum class Ending : std::uint8_t {
  kStopped,  ///< by a signal
  kDeposed,  ///< another hub decides now
};

/// Runs the daemon until SIGTERM or SIGINT; on SIGHUP, `read` gives the configuration as it is now. Blocks those
/// signals in the calling thread, which must be the only one but for those of a seat. `seat` null: it has a history and
/// a server of its own.
/// errors: what kept it from starting, or made it stop.
Result<Ending> run_daemon(const config::Config& config, Role role, ConfigReader read, const Seat* seat = nullptr);

}  // namespace sonde::app
