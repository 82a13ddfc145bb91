#include "app/capture_loop.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <thread>
#include <utility>

#include "app/log.h"
#include "app/version.h"

namespace sonde::app {
namespace {

/// How long records may wait in the ring buffer: short under traffic, longer when idle, when a wake-up is all cost.
constexpr std::chrono::milliseconds kBusyPatience{10};
constexpr std::chrono::milliseconds kIdlePatience{50};
constexpr std::chrono::milliseconds kSweepInterval{100};

/// How old the CPU time of Sonde's threads and the count of its descriptors may be: to read them takes longer than all
/// else of a snapshot, and one is taken each second.
constexpr std::chrono::seconds kUsageAge{5};

/// After a sweep, so many times as long as it took none: on a host with many open files it may take a while.
constexpr int kSweepRest = 30;

}  // namespace

CaptureLoop::CaptureLoop(const CaptureParts& parts) : parts_(parts), started_at_(parts.clock.now()) {}

void CaptureLoop::run(const std::stop_token& stop) {
  pthread_setname_np(pthread_self(), "capture");
  while (!stop.stop_requested() && outcome_) outcome_ = round();
  if (outcome_) return;
  log_error("the capture thread failed, so Sonde stops", {{"why", outcome_.error().what}});
  ::kill(::getpid(), SIGTERM);
}

Result<> CaptureLoop::round() {
  const std::size_t records = SONDE_TRY(read_records());
  parts_.pipeline.end_round(parts_.clock.kernel_now());
  patience_ = records > 0 ? kBusyPatience : kIdlePatience;
  SONDE_TRY(sweep_if_due());
  if (parts_.snapshots.is_wanted()) publish_snapshot();
  return Ok{};
}

Result<std::size_t> CaptureLoop::read_records() {
  if (parts_.sensors.traffic) return parts_.sensors.traffic->poll(patience_, parts_.pipeline);
  std::this_thread::sleep_for(patience_);
  return std::size_t{0};
}

Result<> CaptureLoop::sweep_if_due() {
  if (parts_.pipeline.waiting_connections() == 0) return Ok{};
  const KernelTime now = parts_.clock.kernel_now();
  if (now < next_sweep_) return Ok{};
  ++sweeps_;
  SONDE_TRY(parts_.sensors.traffic->sweep());
  const KernelTime done = parts_.clock.kernel_now();
  next_sweep_ = done + std::max<std::chrono::nanoseconds>(kSweepInterval, kSweepRest * (done - now));
  return Ok{};
}

void CaptureLoop::publish_snapshot() {
  parts_.snapshots.begin();
  measure::Measurements& measurements = parts_.pipeline.measurements();
  std::vector<measure::Family> families = describe_self(gather_facts(), builder_);
  for (const SharedFamilies* others : parts_.families) {
    if (const auto latest = others->latest()) families.insert(families.end(), latest->begin(), latest->end());
  }
  measurements.set_external(std::move(families));
  parts_.snapshots.publish(measurements.snapshot(parts_.clock.now()));
}

SelfFacts CaptureLoop::gather_facts() {
  SelfFacts facts;
  facts.version = kVersion;
  facts.started_at = started_at_;
  facts.sensors = parts_.sensors.reports;
  facts.hooks = parts_.sensors.hook_costs();
  facts.losses = gather_losses();
  facts.ring_bytes = parts_.ring_bytes;
  facts.pipeline = parts_.pipeline.take_facts();
  facts.pipeline.sweeps = sweeps_;
  facts.host = parts_.host.facts();
  facts.host.events = parts_.events.count();
  facts.alerting = parts_.alerting.facts();
  facts.alerting.deliveries = parts_.queue.counters();
  facts.config = parts_.config.facts();
  facts.store = parts_.store.facts();
  look_at_usage();
  facts.usage = usage_;
  return facts;
}

void CaptureLoop::look_at_usage() {
  const KernelTime now = parts_.clock.kernel_now();
  if (now < next_usage_ && update_totals(usage_)) return;
  next_usage_ = now + kUsageAge;
  auto usage = read_self_usage();
  usage_ = usage ? std::move(*usage) : SelfUsage{};
}

std::vector<StageLoss> CaptureLoop::gather_losses() {
  std::vector<StageLoss> losses;
  for (SensorLoss& lost : parts_.sensors.losses()) {
    losses.push_back({"kernel", std::move(lost.loss.reason), lost.loss.count, std::move(lost.sensor)});
  }
  for (StageLoss& loss : parts_.pipeline.losses()) losses.push_back(std::move(loss));
  const HostFacts host = parts_.host.facts();
  for (std::size_t i = 0; i < host.rejects.size(); ++i) {
    losses.push_back({"decode", std::string(decode::name_of(static_cast<decode::Reject>(i))), host.rejects[i]});
  }
  losses.push_back({"inventory", "service_limit", host.service_overflow});
  losses.push_back({"measure", "destination_limit", host.collapsed_destinations});
  return losses;
}

}  // namespace sonde::app
