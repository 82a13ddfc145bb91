#include "app/heartbeat_sender.h"

#include <pthread.h>

#include <condition_variable>
#include <mutex>
#include <utility>

#include "app/log.h"

namespace sonde::app {

void HeartbeatSender::run(const std::stop_token& stop) {
  pthread_setname_np(pthread_self(), "heartbeat");
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::string before;
  while (!stop.stop_requested()) {
    const std::string why = call();
    if (why != before) {
      why.empty() ? log_info("heartbeats are sent again", {}) : log_error("no heartbeat is sent", {{"why", why}});
    }
    before = why;
    std::unique_lock lock(mutex);
    stopped.wait_for(lock, stop, options_.every, [] { return false; });
  }
}

std::string HeartbeatSender::call() {
  if (std::string why = ailment_(); !why.empty()) return why;
  const notify::HttpOutcome outcome = http_.post({.url = options_.url, .content_type = "text/plain", .body = ""});
  if (!outcome) return outcome.error().error.what;
  if (outcome->status < 200 || outcome->status > 299) return "the receiver answers " + std::to_string(outcome->status);
  return "";
}

}  // namespace sonde::app
