#pragma once

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <vector>

#include "app/alerting.h"
#include "app/host_loop.h"
#include "app/pipeline.h"
#include "app/self_usage.h"
#include "app/sensors.h"
#include "app/shared_families.h"
#include "app/snapshot_source.h"
#include "app/store_loop.h"
#include "base/clock.h"
#include "base/result.h"
#include "measure/family_builder.h"
#include "notify/delivery_queue.h"

namespace sonde::app {

/// What the capture thread works with.  owner: the caller keeps everything alive.
struct CaptureParts {
  const Sensors& sensors;
  Pipeline& pipeline;
  SnapshotSource& snapshots;
  const Alerting& alerting;
  const LiveConfig& config;
  const notify::DeliveryQueue& queue;
  const HostLoop& host;
  std::vector<const SharedFamilies*> families;  ///< of other threads, in their order
  const host::EventLog& events;
  const StoreLoop& store;
  const Clock& clock;
  std::uint64_t ring_bytes = 0;
};

/// The capture thread: reads the traffic sensor's ring buffer, drives the pipeline, and takes snapshots when someone
/// wants one. Without that sensor it only takes snapshots.
class CaptureLoop {
 public:
  explicit CaptureLoop(const CaptureParts& parts);

  /// Runs until stopped. If the sensor fails, the process is told to end (SIGTERM) and outcome() says why.
  void run(const std::stop_token& stop);

  /// Call after run has ended.
  [[nodiscard]] Result<> outcome() const { return outcome_; }

 private:
  Result<> round();
  Result<std::size_t> read_records();
  Result<> sweep_if_due();
  void publish_snapshot();
  void look_at_usage();
  [[nodiscard]] SelfFacts gather_facts();
  [[nodiscard]] std::vector<StageLoss> gather_losses();

  CaptureParts parts_;
  measure::FamilyBuilder builder_;
  WallTime started_at_;
  std::chrono::milliseconds patience_{10};
  KernelTime next_sweep_;
  std::uint64_t sweeps_ = 0;
  KernelTime next_usage_;
  SelfUsage usage_;
  Result<> outcome_ = Ok{};
};

}  // namespace sonde::app
