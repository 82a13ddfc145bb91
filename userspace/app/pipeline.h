#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "app/self_metrics.h"
#include "base/clock.h"
#include "capture/record_sink.h"
#include "config/types.h"
#include "decode/record_decoder.h"
#include "inventory/inventory.h"
#include "measure/measurements.h"
#include "protocol/connection_table.h"
#include "protocol/route.h"

namespace sonde::app {

/// What the capture thread owns, in the order bytes flow through it: decode, inventory, protocol, measure.
/// threads: the capture thread alone.
class Pipeline final : public capture::RecordSink {
 public:
  /// owner: the caller keeps `processes` alive.
  Pipeline(const config::Config& config, protocol::RouteTemplates routes, const inventory::ProcessSource& processes);

  void on_record(std::span<const std::byte> record) override;

  /// Call after each round of reading, with the time it ended.
  void end_round(KernelTime now);

  [[nodiscard]] std::size_t waiting_connections() const { return connections_.waiting_connections(); }

  /// Reading resets largest_batch_bytes.
  PipelineFacts take_facts();
  [[nodiscard]] std::vector<StageLoss> losses() const;

  [[nodiscard]] measure::Measurements& measurements() { return measurements_; }

 private:
  void take(const decode::ConnectionOpened& opened);
  void take(const decode::TrafficSeen& traffic);
  void take(const decode::ConnectionEnded& ended);
  void observe(const protocol::Exchange& exchange, const protocol::ConnectionContext& context);

  decode::Event event_;  // kept for its memory
  decode::Rejects rejects_{};
  inventory::Inventory inventory_;
  protocol::ConnectionTable connections_;
  protocol::RouteTemplates routes_;
  measure::Measurements measurements_;
  PipelineFacts facts_;
  std::uint64_t batch_bytes_ = 0;
  KernelTime next_look_;  // for connections that have fallen silent
};

}  // namespace sonde::app
