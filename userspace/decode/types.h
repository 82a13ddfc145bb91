#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/clock.h"

namespace sonde::decode {

/// The kernel's name for a socket (SO_COOKIE): unique until reboot.
enum class SocketCookie : std::uint64_t {};

/// Seen from the process that owns the socket.
enum class Direction : std::uint8_t { kInbound = 0, kOutbound = 1 };

/// Who opened the connection. kUnknown if it was already there when Sonde came.
enum class Side : std::uint8_t { kUnknown = 0, kServer = 1, kClient = 2 };

/// An IPv4 address is written as ::ffff:a.b.c.d.
struct Endpoint {
  std::array<std::uint8_t, 16> address{};
  std::uint16_t port = 0;
};

/// The first record of a connection that moved bytes.
struct ConnectionOpened {
  SocketCookie cookie{};
  std::int32_t pid = 0;  ///< thread group that moved the first bytes
  std::uint64_t cgroup_id = 0;
  std::string process_name;  ///< comm
  Endpoint local;
  Endpoint remote;
  Side side = Side::kUnknown;
  KernelTime at;
};

/// How far one direction has come.
struct Progress {
  std::uint64_t offset_bytes = 0;  ///< bytes moved so far
  KernelTime last_at;              ///< when the last of them moved
  std::uint64_t tail = 0;          ///< their last eight bytes, the newest lowest; 0 if the kernel did not read them
};

/// One system call's worth of bytes, of which the first `bytes.size()` were copied.
struct Segment {
  Direction direction = Direction::kInbound;
  std::uint64_t offset_bytes = 0;  ///< of its first byte within its direction
  std::uint64_t length_bytes = 0;
  KernelTime first_at;     ///< inbound: when the first of the bytes reached the socket; outbound: same as last_at
  KernelTime last_at;      ///< when the system call moved them
  std::string_view bytes;  ///< valid only while the event is handled
};

/// What moved on a connection since its last record: first the progress nobody copied, then up to two segments.
struct TrafficSeen {
  SocketCookie cookie{};
  std::uint32_t sequence = 0;  ///< counts this connection's records; 0 = a sweep's hint, outside the count
  std::int32_t pid = 0;
  std::array<Progress, 2> before;  ///< by Direction; excludes the segments below
  std::array<Segment, 2> segments;
  std::uint8_t segment_count = 0;
};

/// Our side sent FIN, or the connection is gone.
struct ConnectionEnded {
  SocketCookie cookie{};
  std::uint32_t sequence = 0;
  bool closed = false;            ///< false: only the outbound half is shut
  std::int32_t socket_error = 0;  ///< sk_err: an errno such as ECONNRESET, 0 for an orderly close
  KernelTime at;
  std::array<Progress, 2> final_progress;  ///< by Direction
  std::uint64_t acknowledged_bytes = 0;    ///< the kernel's own bytes_acked
  std::uint64_t received_bytes = 0;        ///< the kernel's own bytes_received
};

using Event = std::variant<ConnectionOpened, TrafficSeen, ConnectionEnded>;

/// Why a record was thrown away.
enum class Reject : std::uint8_t { kTruncated, kUnknownKind, kBadLength, kBadValue, kCount };

}  // namespace sonde::decode
