#pragma once

#include <cstdint>
#include <memory>
#include <type_traits>

#include "decode/types.h"
#include "protocol/types.h"

namespace sonde::protocol {

/// Of a connection nobody was asked about: its opening was not seen.
inline constexpr std::uint32_t kUnknownService = UINT32_MAX;

/// What is known of a connection before its bytes are read. The service is the caller's to fill in and to read back.
struct ConnectionContext {
  decode::SocketCookie cookie{};
  std::uint32_t service = kUnknownService;
  decode::Side side = decode::Side::kUnknown;
  decode::Endpoint local;
  decode::Endpoint remote;
};

/// Borrows a callable `(const Exchange&, const ConnectionContext&)` for the length of one call, without allocation.
/// The callable must not touch the table that calls it.
class ExchangeSink {
 public:
  template <class Callable, class = std::enable_if_t<!std::is_same_v<std::remove_cvref_t<Callable>, ExchangeSink>>>
  ExchangeSink(Callable&& callable) noexcept
      : object_(const_cast<void*>(static_cast<const void*>(std::addressof(callable)))),
        call_([](void* object, const Exchange& exchange, const ConnectionContext& context) {
          (*static_cast<std::remove_reference_t<Callable>*>(object))(exchange, context);
        }) {}

  void operator()(const Exchange& exchange, const ConnectionContext& context) const {
    call_(object_, exchange, context);
  }

 private:
  void* object_;
  void (*call_)(void*, const Exchange&, const ConnectionContext&);
};

/// How much of what moved was recognised as messages, in bytes.
struct Coverage {
  std::uint64_t understood_bytes = 0;
  std::uint64_t total_bytes = 0;
};

/// Where a connection puts its results.
struct ProtocolOutput {
  ExchangeSink sink;
  const ConnectionContext& context;
  ProtocolLosses& losses;
  Coverage& coverage;

  void count(ProtocolLoss loss, std::uint64_t times = 1) const { losses[static_cast<std::size_t>(loss)] += times; }
};

}  // namespace sonde::protocol
