#pragma once

#include <signal.h>

#include <cstdint>
#include <functional>

#include "app/shared_families.h"
#include "base/result.h"
#include "config/types.h"
#include "history/alert_history.h"
#include "serve/handler.h"

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

/// What a hub is given that shares its history with others, which has a server already.
struct Seat {
  history::AlertHistory& history;
  std::function<void(serve::Handler)> show;  ///< what the server answers from now on
  const SharedFamilies& families;            ///< of the hub
};

/// The process sends itself this when another hub has taken over.
inline constexpr int kDeposed = SIGUSR1;

/// Keeps the signals that run_daemon() waits for. Call before any thread starts; as often as one likes.
sigset_t take_signals();

/// Runs the daemon until SIGTERM or SIGINT. Blocks those signals in the calling thread, which must be the only one.
/// `seat` null: it has a history and a server of its own.
/// errors: what kept it from starting, or made it stop.
Result<Ending> run_daemon(const config::Config& config, Role role, const Seat* seat = nullptr);

}  // namespace sonde::app
