#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "measure/family_builder.h"
#include "measure/types.h"

namespace sonde::measure {

/// What TcpBook exports, in the order of the table in tcp_families.cpp.
enum class TcpFamily : std::uint8_t {
  kConnectAttempts,
  kConnects,
  kConnectFailures,
  kConnectDuration,
  kAccepts,
  kAcceptWait,
  kConnections,
  kSentBytes,
  kReceivedBytes,
  kSentSegments,
  kReceivedSegments,
  kRetransmits,
  kDrops,
  kMemoryDrops,
  kResets,
  kRtt,
  kRttVariation,
  kRttMax,
  kZeroWindow,
  kListenBacklog,
  kListenBacklogLimit,
  kListenDrops,
  kSynAckRetransmits,
  kUdpBytes,
  kUdpMessages,
  kUdpErrors,
  kUnixBytes,
  kUnixMessages,
  kUnixErrors,
  kNetworkBytes,
  kCount
};

struct TcpFamilyText {
  std::string_view name;
  std::string_view help;
  MetricType type = MetricType::kCounter;
  std::string_view label;  ///< what tells the series of one account apart; empty if there is but one
};

const TcpFamilyText& text_of(TcpFamily family);

/// Collects series account by account, and hands them over family by family.  threads: one at a time.
class TcpPage {
 public:
  void add(TcpFamily family, Series series) { series_[static_cast<std::size_t>(family)].push_back(std::move(series)); }

  /// Moves every family that has a series into `out`.
  void hand_over(FamilyBuilder& out);

 private:
  std::array<std::vector<Series>, static_cast<std::size_t>(TcpFamily::kCount)> series_;
};

}  // namespace sonde::measure
