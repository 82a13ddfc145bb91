#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "app/alerting.h"
#include "app/config_reload.h"
#include "app/heartbeat_desk.h"
#include "app/probe_witness.h"
#include "app/reload_requests.h"
#include "app/store_loop.h"
#include "app/uptime_keeper.h"
#include "base/clock.h"
#include "notify/delivery_queue.h"
#include "notify/types.h"

namespace sonde::app {

/// What the control thread works with.  owner: the caller keeps everything alive.
struct ControlParts {
  StoreLoop& store;
  Alerting& alerting;
  notify::DeliveryQueue& queue;
  ConfigReload& config;
  ReloadRequests& reloads;
  ProbeWitness& witness;
  UptimeKeeper& uptime;
  HeartbeatDesk& heartbeats;
  const Clock& clock;
  std::chrono::nanoseconds tick = std::chrono::seconds{1};
};

/// The control thread: evaluates rules each time the store has new samples, logs what people should hear of, and reads
/// the configuration and the rules anew when somebody asks for it, the rules also when a file of theirs has changed. It
/// also compares probes with real requests, and keeps their uptime.
class ControlLoop {
 public:
  explicit ControlLoop(const ControlParts& parts)
      : parts_(parts), looked_at_ns_(parts.clock.kernel_now().time_since_epoch().count()) {}

  /// Runs until stopped.
  void run(const std::stop_token& stop);

  /// When rules were last looked at; at first, when it was made.  threads: any.
  [[nodiscard]] KernelTime looked_at() const { return KernelTime{std::chrono::nanoseconds{looked_at_ns_.load()}}; }

 private:
  void evaluate(const Sampled& sampled);
  void reload_if_due();
  Result<> reload();
  void log_deliveries();

  ControlParts parts_;
  std::atomic<std::int64_t> looked_at_ns_;
  unsigned rounds_ = 0;
  std::map<std::string, std::string> told_;  // the last failure of each channel
};

}  // namespace sonde::app
