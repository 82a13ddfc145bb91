#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

#include "base/clock.h"
#include "decode/types.h"

namespace sonde::protocol {

/// Whether the process behind the socket answers or asks.
enum class Role : std::uint8_t { kServer, kClient };

/// The methods OpenTelemetry names; everything else is kOther ("_OTHER").
enum class HttpMethod : std::uint8_t {
  kConnect,
  kDelete,
  kGet,
  kHead,
  kOptions,
  kPatch,
  kPost,
  kPut,
  kTrace,
  kOther,
  kCount
};

/// As exported in http_request_method.
std::string_view name_of(HttpMethod method);

/// Why an exchange has no orderly response. kNone also for 4xx and 5xx: those have a status.
enum class ExchangeError : std::uint8_t {
  kNone,
  kConnectionReset,   ///< reset before the response was whole
  kConnectionClosed,  ///< closed before the response was whole
  kTimeout,           ///< the kernel gave up on the peer (ETIMEDOUT)
  kBadResponse,       ///< what came back is not HTTP/1.x
  kCount
};

/// As exported in error_type; empty for kNone.
std::string_view name_of(ExchangeError error);

/// One HTTP request with what became of it.
struct Exchange {
  decode::SocketCookie cookie{};
  Role role = Role::kServer;
  HttpMethod method = HttpMethod::kOther;
  std::uint16_t status = 0;  ///< 0: no response
  ExchangeError error = ExchangeError::kNone;
  bool upgraded = false;  ///< 101 or a successful CONNECT: what follows is not HTTP, durations end at the head
  std::int32_t pid = 0;
  std::string_view path;              ///< without query and fragment; valid only while the exchange is handled
  KernelTime start;                   ///< server: the request's first byte reached the socket; client: it was sent
  std::chrono::nanoseconds queue{0};  ///< server: from start until the process read it
  std::chrono::nanoseconds time_to_first_byte{0};  ///< from start
  std::chrono::nanoseconds duration{0};            ///< from start to the last byte of the response
  std::uint64_t request_bytes = 0;                 ///< head and body
  std::uint64_t response_bytes = 0;                ///< head and body, interim responses included
};

/// What the protocol stage could not make sense of, by reason, since the start.
enum class ProtocolLoss : std::uint8_t {
  kRecordGap,           ///< records of a connection were lost between two others
  kHeadTruncated,       ///< a message head was longer than what the kernel copies
  kUnmatchedResponse,   ///< a response without a request (joined in mid-exchange, or after a gap)
  kUnansweredRequest,   ///< requests given up after a gap
  kMalformed,           ///< bytes where a message should start are no message
  kTooManyConnections,  ///< the table is full; the oldest idle connection was dropped
  kTooManyPending,      ///< more requests in flight on one connection than are kept
  kCount
};

/// As exported in the label `reason`.
std::string_view name_of(ProtocolLoss loss);

using ProtocolLosses = std::array<std::uint64_t, static_cast<std::size_t>(ProtocolLoss::kCount)>;

}  // namespace sonde::protocol
