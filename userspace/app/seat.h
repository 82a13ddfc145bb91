#pragma once

#include <signal.h>

#include <functional>
#include <memory>
#include <stop_token>

#include "app/shared_families.h"
#include "base/result.h"
#include "history/alert_history.h"
#include "serve/handler.h"
#include "serve/http_server.h"
#include "serve/types.h"

namespace sonde::app {

/// What a hub is given that shares its history with others, which has a server already.
struct Seat {
  history::AlertHistory& history;
  std::function<void(serve::Handler)> show;  ///< what the server answers from now on
  const SharedFamilies& families;            ///< of the hub
};

/// The process sends itself this when another hub has taken over.
inline constexpr int kDeposedSignal = SIGUSR1;

/// Keeps the signals that the daemon waits for, in every thread that starts later; as often as one likes.
sigset_t take_signals();

/// Shows the server of a history that is shared, which ends what says nothing for ten seconds, that this hub lives.
/// `history` may be null.
void keep_alive(const std::stop_token& stop, history::AlertHistory* history);

/// Shows pages for as long as it lives: on a server of its own, or on that of a seat.
class Served {
 public:
  /// errors: of HttpServer::start.
  static Result<std::unique_ptr<Served>> start(const serve::ServerOptions& options, const Seat* seat,
                                               serve::Handler pages);
  explicit Served(const Seat* seat) : seat_(seat) {}
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;
  ~Served();

 private:
  const Seat* seat_;
  std::unique_ptr<serve::HttpServer> server_;
};

}  // namespace sonde::app
