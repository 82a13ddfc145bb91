#include "decode/tcp_decoder.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>

#include "wire/tcp.h"

namespace sonde::decode {
namespace {

static_assert(static_cast<std::uint32_t>(TcpFlag::kAttempted) == SONDE_TCP_ATTEMPTED &&
              static_cast<std::uint32_t>(TcpFlag::kConnected) == SONDE_TCP_CONNECTED &&
              static_cast<std::uint32_t>(TcpFlag::kFailed) == SONDE_TCP_FAILED &&
              static_cast<std::uint32_t>(TcpFlag::kAcceptable) == SONDE_TCP_ACCEPTABLE &&
              static_cast<std::uint32_t>(TcpFlag::kFirstUse) == SONDE_TCP_FIRST_USE &&
              static_cast<std::uint32_t>(TcpFlag::kResetSent) == SONDE_TCP_RESET_SENT &&
              static_cast<std::uint32_t>(TcpFlag::kResetReceived) == SONDE_TCP_RESET_RECEIVED &&
              static_cast<std::uint32_t>(TcpFlag::kClosed) == SONDE_TCP_CLOSED &&
              static_cast<std::uint32_t>(TcpFlag::kOlder) == SONDE_TCP_OLDER);
static_assert(static_cast<int>(TcpSide::kServer) == SONDE_TCP_SIDE_SERVER &&
              static_cast<int>(TcpSide::kClient) == SONDE_TCP_SIDE_CLIENT &&
              static_cast<int>(TcpSide::kListener) == SONDE_TCP_SIDE_LISTENER);

constexpr std::uint32_t kKnownFlags = (SONDE_TCP_OLDER << 1U) - 1U;

/// Largest value of the kernel's errno (include/linux/err.h).
constexpr std::int32_t kMaxErrno = 4095;

/// TCP_ESTABLISHED to TCP_NEW_SYN_RECV of include/net/tcp_states.h.
constexpr std::uint8_t kFirstState = 1;
constexpr std::uint8_t kLastState = 12;

/// Beyond these a record is nonsense: a stream that long takes years, and so does a wait.
constexpr std::uint64_t kLongestStreamBytes = std::uint64_t{1} << 62U;
constexpr std::uint64_t kLongestNs = std::uint64_t{1} << 62U;

constexpr std::array<std::string_view, static_cast<std::size_t>(ConnectFailure::kCount)> kFailureNames{
    "refused", "timed_out", "unreachable", "reset", "cancelled", "no_port", "other"};

bool are_choices_known(const sonde_tcp_record& wire) {
  return (wire.flags & ~kKnownFlags) == 0 && wire.side <= SONDE_TCP_SIDE_LISTENER && wire.state >= kFirstState &&
         wire.state <= kLastState && wire.failure <= SONDE_TCP_FAILURE_NO_PORT && wire.peer_window_closed <= 1 &&
         wire.own_window_closed <= 1;
}

bool are_sizes_sane(const sonde_tcp_record& wire) {
  return wire.sent_bytes < kLongestStreamBytes && wire.received_bytes < kLongestStreamBytes &&
         wire.at_ns < kLongestNs && wire.connect_ns < kLongestNs && wire.accept_wait_ns < kLongestNs &&
         wire.error >= 0 && wire.error <= kMaxErrno &&
         wire.tgid <= static_cast<std::uint32_t>(std::numeric_limits<std::int32_t>::max());
}

/// What is said together must be possible together.
bool are_flags_consistent(const sonde_tcp_record& wire) {
  const bool is_client = wire.side == SONDE_TCP_SIDE_CLIENT;
  const bool is_server = wire.side == SONDE_TCP_SIDE_SERVER;
  const auto has = [&wire](std::uint32_t flags) { return (wire.flags & flags) != 0; };
  if (has(SONDE_TCP_ATTEMPTED | SONDE_TCP_CONNECTED | SONDE_TCP_FAILED) && !is_client) return false;
  if (has(SONDE_TCP_ACCEPTABLE | SONDE_TCP_FIRST_USE) && !is_server) return false;
  return !has(SONDE_TCP_CONNECTED) || !has(SONDE_TCP_FAILED);
}

/// A client has no local port before one was found for it; a listener has no remote end.
bool are_ports_right(const sonde_tcp_record& wire) {
  const bool is_client = wire.side == SONDE_TCP_SIDE_CLIENT;
  const bool is_listener = wire.side == SONDE_TCP_SIDE_LISTENER;
  return (wire.local_port != 0 || is_client) && (wire.remote_port != 0 || is_listener);
}

ConnectFailure failure_of_error(std::int32_t error) {
  switch (error) {
    case ECONNREFUSED:
      return ConnectFailure::kRefused;
    case ETIMEDOUT:
      return ConnectFailure::kTimedOut;
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EHOSTDOWN:
    case ENETDOWN:
      return ConnectFailure::kUnreachable;
    case ECONNRESET:
    case EPIPE:
      return ConnectFailure::kReset;
    case EADDRNOTAVAIL:
      return ConnectFailure::kNoPort;
    default:  // a number from the kernel, not an enum
      return ConnectFailure::kOther;
  }
}

ConnectFailure failure_of(const sonde_tcp_record& wire) {
  switch (wire.failure) {
    case SONDE_TCP_FAILURE_NO_ANSWER:
      return ConnectFailure::kTimedOut;
    case SONDE_TCP_FAILURE_CANCELLED:
      return ConnectFailure::kCancelled;
    case SONDE_TCP_FAILURE_NO_PORT:
      return ConnectFailure::kNoPort;
    default:  // a number from outside, checked before
      return failure_of_error(wire.error);
  }
}

void take_identity(const sonde_tcp_record& wire, TcpSample& into) {
  into.flags = wire.flags;
  into.cookie = SocketCookie{wire.cookie};
  into.pid = static_cast<std::int32_t>(wire.tgid);
  into.cgroup_id = wire.cgroup_id;
  const auto* name_end = std::find(std::begin(wire.process_name), std::end(wire.process_name), '\0');
  into.process_name.assign(std::begin(wire.process_name), name_end);
  into.side = static_cast<TcpSide>(wire.side);
  into.state = wire.state;
  std::copy(std::begin(wire.local_address), std::end(wire.local_address), into.local.address.begin());
  std::copy(std::begin(wire.remote_address), std::end(wire.remote_address), into.remote.address.begin());
  into.local.port = wire.local_port;
  into.remote.port = wire.remote_port;
  into.at = kernel_time(wire.at_ns);
}

void take_figures(const sonde_tcp_record& wire, TcpSample& into) {
  into.sent_bytes = wire.sent_bytes;
  into.received_bytes = wire.received_bytes;
  into.sent_segments = wire.sent_segments;
  into.received_segments = wire.received_segments;
  into.retransmits = wire.retransmits;
  into.drops = wire.drops;
  into.memory_drops = wire.memory_drops;
  into.rtt = std::chrono::microseconds{wire.rtt_us};
  into.rtt_var = std::chrono::microseconds{wire.rtt_var_us};
  into.unread_bytes = wire.unread_bytes;
  into.unacknowledged_bytes = wire.unacked_bytes;
  into.peer_window_closed = wire.peer_window_closed == 1;
  into.own_window_closed = wire.own_window_closed == 1;
}

}  // namespace

std::string_view name_of(ConnectFailure failure) {
  const auto index = static_cast<std::size_t>(failure);
  return index < kFailureNames.size() ? kFailureNames[index] : "";
}

std::optional<Reject> decode_tcp(std::span<const std::byte> record, TcpSample& into) {
  if (record.size() < sizeof(sonde_tcp_record)) return Reject::kTruncated;
  if (record.size() > sizeof(sonde_tcp_record)) return Reject::kBadLength;
  // Copied: the ring buffer aligns to eight bytes, a sweep's buffer and replayed bytes need not be aligned.
  sonde_tcp_record wire;
  std::memcpy(&wire, record.data(), sizeof(wire));
  if (!are_choices_known(wire) || !are_sizes_sane(wire) || !are_flags_consistent(wire) || !are_ports_right(wire)) {
    return Reject::kBadValue;
  }
  take_identity(wire, into);
  take_figures(wire, into);
  into.connect_time = std::chrono::nanoseconds{static_cast<std::int64_t>(wire.connect_ns)};
  into.failure = (wire.flags & SONDE_TCP_FAILED) != 0 ? failure_of(wire) : ConnectFailure::kOther;
  into.error = wire.error;
  into.accept_wait = std::chrono::nanoseconds{static_cast<std::int64_t>(wire.accept_wait_ns)};
  into.reset_reason = wire.reset_reason;
  return std::nullopt;
}

}  // namespace sonde::decode
