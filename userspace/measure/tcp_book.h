#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "decode/types.h"
#include "measure/family_builder.h"
#include "measure/tcp_account.h"
#include "measure/tcp_families.h"
#include "measure/tcp_totals.h"
#include "measure/types.h"

namespace sonde::measure {

/// ListenOverflows and ListenDrops of the host's network namespace (/proc/PID/net/netstat) since the last sweep.
struct ListenCounters {
  std::uint64_t overflows = 0;
  std::uint64_t drops = 0;
};

/// Adds up TCP samples by service, role, server address and port, and writes them as families. Server side: by local
/// port. Client side: by destination, of which a service has at most max_destinations; the rest is "other". A service
/// has at most as many ports of its own; the rest has no server_port.
///   book.take(sample, service);        // records of what ended, at any time
///   book.begin_sweep(); book.take(...); book.end_sweep();   // gauges are those of the last whole sweep
/// What had neither a connection nor anything to count for 15 minutes is forgotten, and its series with it: only
/// end_sweep does that, and the clock is the newest sample's.
/// A connection whose side nobody knows belongs to the server if the service is known to serve its local port, else to
/// the client. Since a sweep comes upon listening sockets in any order, such samples wait for the end of the sweep, and
/// before the first sweep for its end.
/// A known destination or port costs no allocation; the first duration after a write copies its histogram.
/// threads: one at a time.
class TcpBook {
 public:
  explicit TcpBook(const TcpOptions& options) : options_(options) {}

  /// If the last sweep did not end, its counts are kept and its gauges are not.
  void begin_sweep();
  void take(const decode::TcpSample& sample, const std::string& service);
  void take(const DatagramDelta& delta, const std::string& service);

  /// What a listening socket dropped is an overflow while its backlog is at the limit. Of what the others dropped, as
  /// much is as `host` has overflows left after those, the fullest sockets first. `host` knows nothing of other network
  /// namespaces: sockets there whose queue has been drained before the sweep compete for the same number.
  void end_sweep(const ListenCounters& host = {});

  /// Writes sonde_tcp_*, sonde_udp_* and sonde_unix_* families, and process_network_io_bytes_total.
  void write(FamilyBuilder& out);

  /// Samples whose destination or port was one too many, since the start.
  [[nodiscard]] std::uint64_t collapsed_count() const noexcept { return collapsed_; }

 private:
  struct EndpointHash {
    std::size_t operator()(const decode::Endpoint& endpoint) const noexcept;
  };
  struct EndpointEqual {
    bool operator()(const decode::Endpoint& left, const decode::Endpoint& right) const noexcept {
      return left.port == right.port && left.address == right.address;
    }
  };
  /// The accounts of a service in one role, by what tells its servers apart.
  template <class Accounts>
  struct Servers {
    Accounts accounts;
    TcpAccount* other = nullptr;  // of those that are too many
  };
  struct Service {
    SocketTotals totals;
    KernelTime used_at;
    Servers<std::unordered_map<std::uint16_t, TcpAccount*>> ports;
    Servers<std::unordered_map<decode::Endpoint, TcpAccount*, EndpointHash, EndpointEqual>> destinations;
  };
  /// A connection of unknown side.
  struct Undecided {
    Service* service = nullptr;
    bool swept = false;
    decode::TcpSample sample;
  };

  Service& service_of(const std::string& name);
  Service& add_service(const std::string& name);
  TcpAccount& port_of(Service& service, std::uint16_t port);
  TcpAccount& destination_of(Service& service, const decode::Endpoint& server);
  template <class Accounts, class Make>
  TcpAccount& account_of(Servers<Accounts>& servers, const typename Accounts::key_type& server, Make make);
  template <class Accounts>
  void forget_unused(Servers<Accounts>& servers);
  [[nodiscard]] bool is_unused(KernelTime used_at) const;
  void take_listener(const decode::TcpSample& listener, Service& service);
  void place(const decode::TcpSample& connection, Service& service, TcpRole role, bool swept);
  void place_undecided();
  void attribute_drops(const ListenCounters& host);
  void forget_unused();

  TcpOptions options_;
  std::vector<std::unique_ptr<TcpAccount>> accounts_;  // in the order of their series
  std::vector<std::unique_ptr<Service>> services_;     // likewise
  std::unordered_map<std::string, Service*> services_by_name_;
  std::vector<Undecided> undecided_;
  TcpPage page_;
  KernelTime newest_;
  std::uint64_t sweep_ = 0;
  bool in_sweep_ = false;
  bool had_whole_sweep_ = false;
  std::uint64_t full_drops_ = 0;  // of listening sockets at their limit, since the last sweep
  std::uint64_t collapsed_ = 0;
};

}  // namespace sonde::measure
