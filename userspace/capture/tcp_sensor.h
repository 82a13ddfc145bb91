#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "base/result.h"
#include "capture/record_sink.h"
#include "capture/types.h"

namespace sonde::capture {

/// The eBPF programs of bpf/tcp.bpf.c: the life of TCP sockets (tracepoints inet_sock_set_state, tcp_send_reset,
/// tcp_receive_reset, tcp_retransmit_synack, sock_exceed_buf_limit) and a sweep over every socket that a process holds,
/// in all network namespaces (iter/task_file). Nothing runs per packet.
/// threads: drain and sweep on one thread; the rest from any.
class TcpSensor {
 public:
  /// Loads, sets the target filter, attaches, and takes note of the sockets that are there already.
  /// errors: kPermission, kUnsupported, kNotFound (a target cgroup), kBadInput, kIo.
  static Result<std::unique_ptr<TcpSensor>> open(const CaptureOptions& options);

  /// What became of the sensor, from open's answer.
  static SensorReport report_of(const Result<std::unique_ptr<TcpSensor>>& opened);

  ~TcpSensor();
  TcpSensor(const TcpSensor&) = delete;
  TcpSensor& operator=(const TcpSensor&) = delete;

  /// Hands every waiting record (bpf/include/wire/tcp.h) to `sink`, without waiting. Returns how many there were.
  Result<std::size_t> drain(RecordSink& sink);

  /// A descriptor that poll(2) finds readable once the ring fills up, and drain() should look soon.  owner: this.
  [[nodiscard]] int wake_descriptor() const;

  /// A record for every socket that a targeted process holds, or whose port is a target, each once.
  Result<std::size_t> sweep(RecordSink& sink);

  /// Descriptor of the map in which the traffic sensor notes the first use of accepted connections.  owner: this.
  [[nodiscard]] int first_use_map() const;

  /// Empty figures unless kernel.bpf_stats_enabled is 1.
  [[nodiscard]] std::vector<HookCost> hook_costs() const;
  [[nodiscard]] std::vector<Loss> losses() const;

 private:
  struct Programs;
  explicit TcpSensor(std::unique_ptr<Programs> programs) noexcept;

  std::unique_ptr<Programs> programs_;
};

}  // namespace sonde::capture
