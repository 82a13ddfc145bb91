#pragma once

#include <memory>
#include <vector>

#include "base/result.h"
#include "capture/types.h"

namespace sonde::capture {

/// The eBPF program of bpf/block.bpf.c on the tracepoint block_rq_complete: how long the requests of each disk took.
/// threads: any.
class BlockSensor {
 public:
  /// errors: kPermission, kUnsupported, kIo.
  static Result<std::unique_ptr<BlockSensor>> open();

  /// What became of the sensor, from open's answer.
  static SensorReport report_of(const Result<std::unique_ptr<BlockSensor>>& opened);

  ~BlockSensor();
  BlockSensor(const BlockSensor&) = delete;
  BlockSensor& operator=(const BlockSensor&) = delete;

  /// Every disk and operation seen since the start, in no particular order.  errors: kIo.
  [[nodiscard]] Result<std::vector<DiskLatency>> read() const;

  /// Empty figures unless kernel.bpf_stats_enabled is 1.
  [[nodiscard]] std::vector<HookCost> hook_costs() const;
  [[nodiscard]] std::vector<Loss> losses() const;

 private:
  struct Programs;
  explicit BlockSensor(std::unique_ptr<Programs> programs) noexcept;

  std::unique_ptr<Programs> programs_;
};

}  // namespace sonde::capture
