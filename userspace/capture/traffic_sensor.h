#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "capture/record_sink.h"
#include "capture/types.h"

namespace sonde::capture {

/// The eBPF programs of bpf/traffic.bpf.c, loaded and attached: they see the bytes of TCP connections inside the system
/// calls that move them (tracepoints sock_send_length and sock_recv_length, Linux 6.3), and count those of UDP and unix
/// sockets by process.
/// threads: poll and sweep on one thread; the rest from any.
class TrafficSensor {
 public:
  /// Loads, sets the target filter, attaches. On failure the error says what is missing and how to mend it.
  /// errors: kPermission, kUnsupported, kNotFound (a target cgroup), kBadInput, kIo.
  static Result<std::unique_ptr<TrafficSensor>> open(const CaptureOptions& options);

  /// What became of the sensor, from open's answer.
  static SensorReport report_of(const Result<std::unique_ptr<TrafficSensor>>& opened);

  ~TrafficSensor();
  TrafficSensor(const TrafficSensor&) = delete;
  TrafficSensor& operator=(const TrafficSensor&) = delete;

  /// Waits for at most `timeout` (less if the ring fills up), then hands every waiting record to `sink`.
  /// Returns how many there were.
  Result<std::size_t> poll(std::chrono::milliseconds timeout, RecordSink& sink);

  /// Asks the kernel how far the connections have come whose bytes were not copied; answers come as records.
  Result<> sweep();

  /// What every process has moved over UDP and unix sockets, in no particular order.
  /// errors: kIo.  threads: any, also while another polls: the kernel's map is read.
  [[nodiscard]] Result<std::vector<DatagramTraffic>> datagrams() const;

  /// Makes room in that map: for a process that has ended. One that lives starts again from 0.  threads: as datagrams.
  void forget_datagrams(std::int32_t pid);

  /// Empty figures unless kernel.bpf_stats_enabled is 1.
  [[nodiscard]] std::vector<HookCost> hook_costs() const;

  [[nodiscard]] std::vector<Loss> losses() const;

 private:
  struct Programs;
  explicit TrafficSensor(std::unique_ptr<Programs> programs) noexcept;

  std::unique_ptr<Programs> programs_;
};

}  // namespace sonde::capture
