#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "decode/types.h"
#include "measure/tcp_families.h"
#include "measure/types.h"

namespace sonde::measure {

/// What the processes of a service moved over UDP or unix sockets since the last call.  shape: inbound, outbound.
struct DatagramDelta {
  std::string_view kind;  ///< "udp" or "unix"
  std::array<std::uint64_t, 2> bytes{};
  std::array<std::uint64_t, 2> messages{};
  std::array<std::uint64_t, 2> errors{};
};

/// Whether there is anything to add: of a kind that is known, and not zero.
bool has_counts(const DatagramDelta& delta);

/// One counter for each direction.  threads: one at a time.
class DirectionCounter {
 public:
  /// `directions` are the label's values for inbound and outbound.
  DirectionCounter(TcpFamily family, std::array<std::string_view, 2> directions)
      : family_(family), directions_(directions) {}

  void add(const std::array<std::uint64_t, 2>& counts) {
    counts_[0] += counts[0];
    counts_[1] += counts[1];
  }

  void publish(const std::string& service, TcpPage& page);

 private:
  TcpFamily family_;
  std::array<std::string_view, 2> directions_;
  std::array<std::uint64_t, 2> counts_{};
  std::array<std::shared_ptr<const SeriesIdentity>, 2> identities_;
};

/// What a service moves over its sockets, whoever is at the other end. A family's series appear with its first bytes.
/// threads: one at a time.
class SocketTotals {
 public:
  explicit SocketTotals(std::string service) : service_(std::move(service)) {}

  [[nodiscard]] const std::string& service() const noexcept { return service_; }

  void count(const decode::TcpSample& connection) {
    moved_bytes_ = true;
    network_.add({connection.received_bytes, connection.sent_bytes});
  }

  /// shape: `delta` has_counts.
  void count(const DatagramDelta& delta);

  void publish(TcpPage& page);

 private:
  struct Datagrams {
    DirectionCounter bytes;
    DirectionCounter messages;
    DirectionCounter errors;
    bool seen = false;
  };

  static constexpr std::array<std::string_view, 2> kDirections{"received", "sent"};

  std::string service_;
  DirectionCounter network_{TcpFamily::kNetworkBytes, {"receive", "transmit"}};
  bool moved_bytes_ = false;
  Datagrams udp_{{TcpFamily::kUdpBytes, kDirections},
                 {TcpFamily::kUdpMessages, kDirections},
                 {TcpFamily::kUdpErrors, kDirections}};
  Datagrams unix_{{TcpFamily::kUnixBytes, kDirections},
                  {TcpFamily::kUnixMessages, kDirections},
                  {TcpFamily::kUnixErrors, kDirections}};
};

}  // namespace sonde::measure
