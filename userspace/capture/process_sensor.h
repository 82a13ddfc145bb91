#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "capture/record_sink.h"
#include "capture/types.h"

namespace sonde::capture {

/// The eBPF programs of bpf/process.bpf.c: programs that start, processes that end, victims of the out-of-memory killer
/// (tracepoints sched_process_exec, sched_process_exit, mark_victim), and a sweep over all tasks (iter/task). Nothing
/// runs per context switch. Kernel threads are left out.
/// threads: drain, sweep and add_target on one thread; the rest from any.
class ProcessSensor {
 public:
  /// errors: kPermission, kUnsupported, kNotFound (a target cgroup), kBadInput, kIo.
  static Result<std::unique_ptr<ProcessSensor>> open(const CaptureOptions& options);

  /// What became of the sensor, from open's answer.
  static SensorReport report_of(const Result<std::unique_ptr<ProcessSensor>>& opened);

  ~ProcessSensor();
  ProcessSensor(const ProcessSensor&) = delete;
  ProcessSensor& operator=(const ProcessSensor&) = delete;

  /// Hands every waiting record (bpf/include/wire/process.h) to `sink`, without waiting. Returns how many there were.
  Result<std::size_t> drain(RecordSink& sink);

  /// A descriptor that poll(2) finds readable once a program has started, or a victim was chosen, and drain() should
  /// look soon: who is gone can not be named any more. Ends alone do not wake.  owner: this.
  [[nodiscard]] int wake_descriptor() const;

  /// A record for every targeted process and thread, in no particular order.
  Result<std::size_t> sweep(RecordSink& sink);

  /// Where targets are ports, the processes behind them become known only as they use them. Without effect if nothing
  /// is filtered, or if the process is a target already.  errors: kLimit.
  Result<> add_target(std::int32_t pid);

  /// Empty figures unless kernel.bpf_stats_enabled is 1.
  [[nodiscard]] std::vector<HookCost> hook_costs() const;
  [[nodiscard]] std::vector<Loss> losses() const;

 private:
  struct Programs;
  explicit ProcessSensor(std::unique_ptr<Programs> programs) noexcept;

  std::unique_ptr<Programs> programs_;
};

}  // namespace sonde::capture
