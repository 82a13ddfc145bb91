#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "decode/types.h"
#include "protocol/exchange_sink.h"
#include "protocol/http1_connection.h"
#include "protocol/types.h"

namespace sonde::protocol {

/// All connections that are open, each with the state of its parser.  threads: one at a time.
class ConnectionTable {
 public:
  static constexpr std::size_t kMaxConnections = 65'536;

  explicit ConnectionTable(std::size_t max_connections = kMaxConnections);

  /// Adds a connection, or fills in the context of one whose traffic came first.
  /// owner: the table; the reference is valid until the connection ends or makes room for another one.
  ConnectionContext& open(const decode::ConnectionOpened& opened, std::uint32_t service = kUnknownService);

  /// The context of a connection, or nullptr if it is not in the table.
  [[nodiscard]] ConnectionContext* find(decode::SocketCookie cookie);

  /// Hands every exchange that these bytes complete to the sink, in the order of the requests. A connection whose
  /// opening was not seen is counted as kRecordGap and added with kUnknownService.
  void handle(const decode::TrafficSeen& seen, ExchangeSink sink);
  void handle(const decode::ConnectionEnded& ended, ExchangeSink sink);

  /// To be called after each round of reading records. A connection's end that came before a record sent earlier (two
  /// CPUs fill the ring buffer) waits for that record, and if it does not come for one whole round, for no longer.
  void end_round(ExchangeSink sink);

  /// Ends responses of which nothing moved for a second and of which nobody knows how long they are, since their heads
  /// are longer than what the kernel copies. To be called about once a second.
  void end_silent(KernelTime now, ExchangeSink sink);

  /// How many connections need a sweep's hint to end the exchange they are in.
  [[nodiscard]] std::size_t waiting_connections() const { return waiting_; }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] const ProtocolLosses& losses() const { return losses_; }
  [[nodiscard]] const Coverage& coverage() const { return coverage_; }

 private:
  struct Entry {
    ConnectionContext context;
    Http1Connection connection;
    bool waits = false;  // is counted in waiting_
  };
  using Entries = std::list<Entry>;  // the one used last in front

  struct EarlyEnd {
    decode::ConnectionEnded ended;
    std::uint64_t round = 0;
  };

  void finish(Entries::iterator entry, const decode::ConnectionEnded& ended, const ExchangeSink& sink);
  void finish_early_ends(decode::SocketCookie cookie, const ExchangeSink& sink);

  Entries::iterator add(decode::SocketCookie cookie);
  Entries::iterator touch(decode::SocketCookie cookie);
  void make_room();
  template <class Action>
  void update(Entry& entry, const ExchangeSink& sink, Action action);

  std::size_t max_connections_;
  std::size_t waiting_ = 0;
  Entries entries_;
  std::unordered_map<decode::SocketCookie, Entries::iterator> by_cookie_;
  std::vector<EarlyEnd> early_ends_;
  std::uint64_t round_ = 0;
  ProtocolLosses losses_{};
  Coverage coverage_;
};

}  // namespace sonde::protocol
