#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "config/types.h"
#include "notify/http_client.h"

namespace sonde::app {

/// Calls somebody for as long as alerting really works: who does not hear it any more knows that nobody would be paged.
class HeartbeatSender {
 public:
  /// `ailment` says what does not work; empty: all does.  owner: the client outlives it.
  HeartbeatSender(config::SentHeartbeat options, notify::HttpClient& http, std::function<std::string()> ailment)
      : options_(std::move(options)), http_(http), ailment_(std::move(ailment)) {}

  /// Calls at once, then once in a while, until stopped.
  void run(const std::stop_token& stop);

  /// Calls unless something does not work; says what kept it from it.
  std::string call();

 private:
  const config::SentHeartbeat options_;
  notify::HttpClient& http_;
  const std::function<std::string()> ailment_;
};

}  // namespace sonde::app
