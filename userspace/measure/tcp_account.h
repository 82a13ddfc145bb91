#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "decode/types.h"
#include "measure/histogram_series.h"
#include "measure/tcp_families.h"
#include "measure/types.h"

namespace sonde::measure {

enum class TcpRole : std::uint8_t { kServer, kClient };

/// The numbers of an account that have a series each: first those that only grow, then those of the last sweep.
enum class TcpSlot : std::uint8_t {
  kAttempts,
  kConnects,
  kAccepts,
  kSentBytes,
  kReceivedBytes,
  kSentSegments,
  kReceivedSegments,
  kRetransmits,
  kDrops,
  kMemoryDrops,
  kListenOverflows,
  kListenOtherDrops,
  kSynAckRetransmits,
  kEstablished,
  kSynSent,
  kCloseWait,
  kFinWait,
  kTimeWait,
  kOtherState,
  kLocalZeroWindow,
  kRemoteZeroWindow,
  kRtt,
  kRttVariation,
  kRttMax,
  kBacklog,
  kBacklogLimit,
  kCount
};
inline constexpr std::size_t kTcpSlots = static_cast<std::size_t>(TcpSlot::kCount);
inline constexpr std::size_t kTcpCounters = static_cast<std::size_t>(TcpSlot::kEstablished);
inline constexpr std::size_t kTcpGauges = kTcpSlots - kTcpCounters;
inline constexpr std::size_t kTcpStates = 6;  // kEstablished to kOtherState

/// Everything about the connections of one service in one role with one server: a destination, or a port of its own.
/// threads: one at a time.
class TcpAccount {
 public:
  /// `labels` are service_name, role and what tells the server: server_address, server_port.
  TcpAccount(TcpRole role, std::vector<Label> labels);

  /// Adds what happened on a connection.
  void count(const decode::TcpSample& connection);

  /// Notes that the sweep of this number found the connection as it is.
  void sweep(const decode::TcpSample& connection, std::uint64_t sweep);

  /// Adds what happened on a listening socket. Its drops are overflows if it is full, else they wait for decide_drops.
  /// Returns how many were overflows.
  std::uint64_t count_listener(const decode::TcpSample& listener);
  void sweep_listener(const decode::TcpSample& listener, std::uint64_t sweep);

  /// Makes the findings of the sweep of this number what is exported.
  void end_sweep(std::uint64_t sweep);

  [[nodiscard]] std::uint64_t undecided_drops() const noexcept { return undecided_drops_; }

  /// Of the fullest listening socket with undecided drops.  units: connections waiting over their limit.
  [[nodiscard]] double fullness() const noexcept { return fullness_; }

  /// Books undecided drops: so many as overflow, the rest as other.
  void decide_drops(std::uint64_t overflows);

  void publish(TcpPage& page);

  void touch(KernelTime at) noexcept { used_at_ = at; }
  [[nodiscard]] KernelTime used_at() const noexcept { return used_at_; }

 private:
  /// What a sweep has found so far.
  struct Findings {
    std::array<std::uint32_t, kTcpStates> connections{};
    std::uint32_t local_zero_windows = 0;
    std::uint32_t remote_zero_windows = 0;
    std::uint32_t timed_connections = 0;  // those with a round-trip time
    std::uint32_t rtt_max_us = 0;
    std::uint64_t rtt_sum_us = 0;
    std::uint64_t rtt_variation_sum_us = 0;
    std::uint32_t listeners = 0;
    std::uint32_t backlog = 0;
    std::uint32_t backlog_limit = 0;
  };
  /// A counter whose series appears when it first counts: a failure or a reset of one kind.
  struct Occasion {
    TcpFamily family = TcpFamily::kResets;
    std::uint16_t kind = 0;
    std::uint64_t count = 0;
    std::shared_ptr<const SeriesIdentity> identity;
  };

  void count_flags(const decode::TcpSample& connection);
  void count_resets(const decode::TcpSample& socket);
  void count_occasion(TcpFamily family, std::uint16_t kind);
  void observe(std::chrono::nanoseconds duration);
  Findings& findings_of(std::uint64_t sweep);
  void show_connections();
  void show_round_trips();
  void show_backlog();
  void show(TcpSlot slot, double value);
  void hide(TcpSlot slot);
  [[nodiscard]] std::uint64_t& counter(TcpSlot slot) { return counters_[static_cast<std::size_t>(slot)]; }
  [[nodiscard]] std::vector<Label> labels_of(TcpFamily family, std::string_view label_value) const;
  [[nodiscard]] std::vector<Label> labels_of(const Occasion& occasion) const;

  TcpRole role_;
  std::uint32_t shown_ = 0;  // bits by TcpSlot: those that have a series
  std::array<std::uint64_t, kTcpCounters> counters_{};
  std::uint64_t sweep_ = 0;  // the one that findings_ are of
  Findings findings_;
  KernelTime used_at_;
  std::uint64_t undecided_drops_ = 0;
  double fullness_ = 0;
  std::array<double, kTcpGauges> gauges_{};
  std::vector<Occasion> occasions_;
  std::unique_ptr<HistogramSeries> durations_;  // of connecting or of waiting to be accepted, by role
  std::vector<Label> labels_;
  std::array<std::shared_ptr<const SeriesIdentity>, kTcpSlots> identities_;
};

}  // namespace sonde::measure
