#pragma once

#include <array>
#include <chrono>
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

/// What is new about a TCP socket; shape: bits of TcpSample::flags. Each is told once per socket, but for the resets.
enum class TcpFlag : std::uint32_t {
  kAttempted = 1U << 0U,      ///< a connect() began
  kConnected = 1U << 1U,      ///< it succeeded
  kFailed = 1U << 2U,         ///< it did not
  kAcceptable = 1U << 3U,     ///< a peer's connection is ready to be accepted
  kFirstUse = 1U << 4U,       ///< the process used an accepted connection for the first time
  kResetSent = 1U << 5U,      ///< this side broke the connection off
  kResetReceived = 1U << 6U,  ///< the other side did
  kClosed = 1U << 7U,         ///< gone; a listener: it listens no more
  kOlder = 1U << 8U,          ///< there before the sensor was
};

enum class TcpSide : std::uint8_t { kUnknown = 0, kServer = 1, kClient = 2, kListener = 3 };

/// Why a connect() failed. The first four stem from the socket's error, the next three from how it ended.
enum class ConnectFailure : std::uint8_t {
  kRefused,      ///< ECONNREFUSED: nobody listens there
  kTimedOut,     ///< ETIMEDOUT, or given up by the process after a SYN had been repeated in vain
  kUnreachable,  ///< EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENETDOWN
  kReset,        ///< ECONNRESET and EPIPE
  kCancelled,    ///< given up by the process before a SYN was repeated
  kNoPort,       ///< no local port was free
  kOther,
  kCount
};

/// As exported in the label `error_type`.
std::string_view name_of(ConnectFailure failure);

/// A TCP socket as the kernel sees it, with what happened since its last sample: counts can simply be added up.
struct TcpSample {
  std::uint32_t flags = 0;  ///< bits of TcpFlag
  SocketCookie cookie{};
  std::int32_t pid = 0;  ///< thread group that connected, listens, or holds the socket
  std::uint64_t cgroup_id = 0;
  std::string process_name;  ///< comm of its main thread
  TcpSide side = TcpSide::kUnknown;
  std::uint8_t state = 0;  ///< TCP_ESTABLISHED = 1 and so on, as in include/net/tcp_states.h
  Endpoint local;
  Endpoint remote;
  KernelTime at;
  std::chrono::nanoseconds connect_time{0};  ///< with kConnected and kFailed
  ConnectFailure failure = ConnectFailure::kOther;
  std::int32_t error = 0;                   ///< errno
  std::chrono::nanoseconds accept_wait{0};  ///< with kFirstUse: from acceptable, or its first byte if later
  std::uint64_t sent_bytes = 0;             ///< payload, repeats not counted
  std::uint64_t received_bytes = 0;
  std::uint32_t sent_segments = 0;
  std::uint32_t received_segments = 0;
  std::uint32_t retransmits = 0;           ///< segments; a listener: SYN-ACKs
  std::uint32_t drops = 0;                 ///< packets thrown away on arrival; a listener: connections without a place
  std::uint32_t memory_drops = 0;          ///< times a memory limit was hit
  std::chrono::microseconds rtt{0};        ///< smoothed; 0 if none was measured yet
  std::chrono::microseconds rtt_var{0};    ///< its mean deviation
  std::uint32_t unread_bytes = 0;          ///< a listener: connections waiting to be accepted
  std::uint32_t unacknowledged_bytes = 0;  ///< a listener: most connections that may wait
  std::uint8_t reset_reason = 0;           ///< the kernel's enum sk_rst_reason; 0: not told
  bool peer_window_closed = false;
  bool own_window_closed = false;

  [[nodiscard]] bool has(TcpFlag flag) const { return (flags & static_cast<std::uint32_t>(flag)) != 0; }
};

/// What a process or thread has used since it began.
struct Usage {
  std::chrono::nanoseconds user{0};    ///< run, divided as the kernel's ticks saw it
  std::chrono::nanoseconds system{0};  ///< the rest of run
  std::chrono::nanoseconds run_queue_wait{0};
  std::uint64_t minor_faults = 0;
  std::uint64_t major_faults = 0;
  std::uint64_t read_bytes = 0;  ///< from storage
  std::uint64_t written_bytes = 0;
  std::uint64_t voluntary_switches = 0;
  std::uint64_t involuntary_switches = 0;
};

/// A process is its pid together with when it began: pids are used again.
struct ProcessIdentity {
  std::int32_t pid = 0;
  std::uint64_t started_ns = 0;  ///< CLOCK_BOOTTIME

  bool operator==(const ProcessIdentity&) const = default;
};

/// A process as the kernel sees it, living or at its end.
struct ProcessFacts {
  ProcessIdentity identity;
  std::int32_t parent_pid = 0;
  std::uint64_t cgroup_id = 0;  ///< of the v2 hierarchy
  std::string process_name;     ///< comm
  Usage usage;                  ///< of the main and the finished threads; at the end, of all
  std::uint64_t resident_bytes = 0;
  std::uint64_t swap_bytes = 0;
  std::uint64_t peak_resident_bytes = 0;
  std::uint64_t fd_limit = 0;  ///< soft limit; the largest number there is: none
  std::uint32_t open_fds = 0;
  std::uint32_t threads = 0;
  std::uint64_t executable_inode = 0;  ///< 0: none
  std::uint32_t executable_device = 0;
  KernelTime at;
};

struct ProcessExecuted {
  ProcessFacts process;
  std::string executable;  ///< path that it was started by, not always absolute; empty if not known
};

struct ProcessExited {
  ProcessFacts process;
  std::int32_t wait_status = 0;  ///< as of wait(2): WIFSIGNALED and its kin read it
};

struct OomKilled {
  ProcessFacts process;
  /// Where the kernel charged the memory: "/a/b" from the root of its hierarchy, where /proc/PID/cgroup begins at the
  /// root of the reader's cgroup namespace; empty if not known.
  std::string memory_cgroup;
};

/// Swept: a living process.
struct ProcessSampled {
  ProcessFacts process;
};

/// Swept: a living thread other than the main one, to be added to its process.
struct ThreadSampled {
  std::int32_t pid = 0;  ///< of its process
  std::int32_t tid = 0;
  Usage usage;
};

using ProcessEvent = std::variant<ProcessExecuted, ProcessExited, OomKilled, ProcessSampled, ThreadSampled>;

using Event = std::variant<ConnectionOpened, TrafficSeen, ConnectionEnded>;

/// Why a record was thrown away.
enum class Reject : std::uint8_t { kTruncated, kUnknownKind, kBadLength, kBadValue, kCount };

}  // namespace sonde::decode
