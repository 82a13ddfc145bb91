#include "app/seat.h"

#include <pthread.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <utility>

#include "app/log.h"
#include "app/version.h"

namespace sonde::app {

sigset_t take_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, kDeposedSignal}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  // Whoever hangs up, a receiver, a scraper or the log's reader, must not end the daemon.
  signal(SIGPIPE, SIG_IGN);
  return signals;
}

void keep_alive(const std::stop_token& stop, history::AlertHistory* history) {
  constexpr std::chrono::seconds kBetween{2};
  if (history == nullptr || !history->is_shared()) return;
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  while (!wake.wait_for(lock, stop, kBetween, [&stop] { return stop.stop_requested(); })) {
    // Whoever has something to write says what is wrong.
    static_cast<void>(history->keep_alive().has_value());
  }
}

Result<std::unique_ptr<Served>> Served::start(const serve::ServerOptions& options, const Seat* seat,
                                              serve::Handler pages) {
  auto served = std::make_unique<Served>(seat);
  if (seat != nullptr) {
    seat->show(std::move(pages));
    return served;
  }
  served->server_ = SONDE_TRY(serve::HttpServer::start(options, std::move(pages)));
  log_info("serving", {{"address", served->server_->address()}, {"version", std::string(kVersion)}});
  return served;
}

Served::~Served() {
  if (seat_ == nullptr) return;
  seat_->show([](const serve::HttpRequest&) { return serve::problem_response(503, "this hub is about to end"); });
}

}  // namespace sonde::app
