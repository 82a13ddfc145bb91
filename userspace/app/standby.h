#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "config/types.h"
#include "history/database.h"
#include "serve/handler.h"
#include "serve/types.h"

namespace sonde::app {

/// What a hub answers that does not decide: alerts that are posted to it are kept in the shared store for the one that
/// does, and are only then answered; everything else that one answers.
/// threads: any.
class Standby {
 public:
  /// `own_url` is where other hubs reach this one.  owner: the caller keeps both alive.
  Standby(const config::Config& config, std::string own_url, const Clock& clock);

  /// For those who may.
  [[nodiscard]] serve::Handler pages();

  /// Gives up waiting for the answers of the hub that decides: this one is about to do so itself.
  void leave() { stop_.request_stop(); }

 private:
  serve::HttpResponse answer(const serve::HttpRequest& request);
  serve::HttpResponse keep_alerts(const serve::HttpRequest& request);
  Result<> post(const std::string& body, WallTime now);
  serve::HttpResponse pass_on(const serve::HttpRequest& request);
  [[nodiscard]] serve::HttpResponse metrics() const;
  Result<std::string> leading_url();

  const config::Config& config_;
  const std::string own_url_;
  const Clock& clock_;
  std::stop_source stop_;
  std::atomic<std::uint64_t> posted_{0};
  std::atomic<std::uint64_t> not_posted_{0};
  std::atomic<std::uint64_t> passed_on_{0};
  std::atomic<std::uint64_t> not_passed_on_{0};

  std::mutex mutex_;  // guards what follows
  history::Database store_;
  std::string url_;  // of the hub that decides, as last seen
  KernelTime seen_at_{};
};

}  // namespace sonde::app
