#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/status_range.h"

namespace sonde::probe {

enum class ProbeKind : std::uint8_t { kHttp, kTcp, kIcmp, kDns, kPostgresql, kMysql, kRedis, kCommand };

/// As exported in the label `module`, and as the configuration calls it.
constexpr std::string_view name_of(ProbeKind kind) {
  switch (kind) {
    case ProbeKind::kHttp:
      return "http";
    case ProbeKind::kTcp:
      return "tcp";
    case ProbeKind::kIcmp:
      return "icmp";
    case ProbeKind::kDns:
      return "dns";
    case ProbeKind::kPostgresql:
      return "postgresql";
    case ProbeKind::kMysql:
      return "mysql";
    case ProbeKind::kRedis:
      return "redis";
    case ProbeKind::kCommand:
      return "command";
  }
  std::abort();
}

/// What a value inside a JSON answer must be.
struct JsonExpectation {
  std::string pointer;  ///< RFC 6901: /checks/0/state
  std::string matches;  ///< a regular expression (RE2) for all of the value's text
};

struct HttpProbe {
  std::string method = "GET";
  std::vector<std::pair<std::string, std::string>> headers{};  ///< values are secrets
  std::string body{};                                          ///< of the request; a secret
  std::vector<StatusRange> statuses{{200, 299}};
  std::string body_matches{};  ///< a regular expression (RE2), found anywhere in the first MiB; empty: none
  std::vector<JsonExpectation> json{};
  bool follows_redirects = true;  ///< up to ten, to http and https
};

/// What is said over a TCP connection.
struct TcpProbe {
  bool uses_tls = false;
  std::string send{};    ///< a secret; empty: nothing
  std::string expect{};  ///< a regular expression (RE2), found anywhere in the first 64 KiB; empty: nothing
};

enum class DnsTransport : std::uint8_t { kUdp, kTcp };

struct DnsProbe {
  std::string query;              ///< the name that is asked for
  std::string type = "A";         ///< as in zone files
  std::string rcode = "NOERROR";  ///< the answer that is wanted
  DnsTransport transport = DnsTransport::kUdp;
  std::string answer_matches{};  ///< a regular expression (RE2) that one record of the answer must match
};

/// PostgreSQL, MySQL and Redis.
struct DatabaseProbe {
  bool uses_tls = false;
  std::string database{};  ///< empty: none in particular
};

/// What is asked again and again whether it is there.
struct ProbeTarget {
  std::string name;
  ProbeKind kind = ProbeKind::kHttp;
  std::string address;  ///< a URL; HOST:PORT; HOST of kIcmp; empty of kCommand
  std::string service;  ///< the service_name whose traffic tells the same; empty: none
  std::chrono::nanoseconds interval = std::chrono::seconds{60};
  std::chrono::nanoseconds timeout = std::chrono::seconds{10};  ///< of everything together, each attempt
  unsigned retries = 0;                                         ///< attempts after the first that fails
  unsigned failure_threshold = 1;                               ///< failures in a row that make it down
  unsigned success_threshold = 1;                               ///< successes in a row that make it up again
  int ip_protocol = 0;                                          ///< 4 or 6; 0: whichever there is

  /// HTTP's basic authentication, or a login to a database.
  std::string user{};
  std::string password{};  ///< a secret

  bool verifies_tls = true;
  std::string ca_file{};  ///< certificates (PEM) that are trusted; empty: those of the host

  HttpProbe http{};
  TcpProbe tcp{};
  DnsProbe dns{};
  DatabaseProbe database{};
  std::vector<std::string> command{};  ///< the program's path and its arguments; no shell; they may hold secrets
};

/// How long after a failed attempt the next one begins.
constexpr std::chrono::nanoseconds retry_pause(std::chrono::nanoseconds interval) {
  constexpr std::chrono::nanoseconds kMost = std::chrono::seconds{5};
  constexpr int kShare = 20;
  return interval / kShare < kMost ? interval / kShare : kMost;
}

/// How long a part of an attempt took. `name` is a literal: resolve, connect, tls, processing, transfer of HTTP.
struct ProbePhase {
  std::string_view name;
  std::chrono::nanoseconds took{0};
};

/// Of the answer of a name server, by its sections.
struct DnsRecordCounts {
  unsigned answer = 0;
  unsigned authority = 0;
  unsigned additional = 0;
};

struct ProbeResult {
  bool success = false;
  std::string reason;  ///< why it failed, in plain words and without what may be secret; empty: it did not
  std::chrono::nanoseconds duration{0};
  std::vector<ProbePhase> phases;  ///< in their order; those of HTTP for all redirects together
  int ip_protocol = 0;             ///< 4 or 6; 0: there was no connection
  unsigned attempts = 1;           ///< with retries

  std::uint16_t status = 0;                 ///< of HTTP; 0: there was no answer
  double http_version = 0;                  ///< 1, 1.1, 2
  unsigned redirects = 0;                   ///< that were followed
  std::int64_t content_length = -1;         ///< as HTTP's header says; -1: it does not
  std::uint64_t body_bytes = 0;             ///< that were read
  bool used_tls = false;                    ///< for the answer at the end of all redirects
  bool failed_by_body = false;              ///< what was expected was not found in the answer
  std::optional<WallTime> earliest_expiry;  ///< of the certificates that were shown
  std::optional<unsigned> hop_limit;        ///< of the reply of kIcmp, where the kernel tells
  std::optional<DnsRecordCounts> records;   ///< of the answer of kDns
  std::string output;                       ///< of kCommand: its first 4 KiB; may hold secrets
};

/// The windows of uptime.
struct UptimeWindow {
  std::string_view name;
  std::chrono::seconds length;
  std::chrono::seconds step;  ///< how exact its edge is
};
inline constexpr std::array<UptimeWindow, 3> kUptimeWindows{{{"1h", std::chrono::hours{1}, std::chrono::minutes{1}},
                                                             {"24h", std::chrono::hours{24}, std::chrono::minutes{15}},
                                                             {"30d", std::chrono::days{30}, std::chrono::hours{6}}}};

/// Probes in a window.
struct ProbeCounts {
  std::uint64_t successes = 0;
  std::uint64_t failures = 0;

  bool operator==(const ProbeCounts&) const = default;
};

/// How a target answered in one step of a window, as it is kept over restarts.
struct UptimeStep {
  std::string probe;       ///< its name
  std::size_t window = 0;  ///< of kUptimeWindows
  WallTime start;
  ProbeCounts counts;

  bool operator==(const UptimeStep&) const = default;
};

/// Where a target stands.
struct ProbeState {
  std::shared_ptr<const ProbeTarget> target;
  std::optional<ProbeResult> last;  ///< nothing before the first result
  std::optional<bool> up;           ///< by the thresholds; nothing before they were reached
  WallTime changed_at{};            ///< when `up` came to be what it is
  WallTime probed_at{};             ///< when the last result came
  std::uint64_t in_a_row = 0;       ///< results like the last one
  WallTime in_a_row_since{};        ///< when the first of them came
  std::uint64_t successes = 0;
  std::uint64_t failures = 0;
  std::uint64_t skipped = 0;  ///< for the one before still ran, or the machine slept
  std::uint64_t retries = 0;
  std::array<ProbeCounts, kUptimeWindows.size()> windows{};  ///< up to now, in the order of kUptimeWindows
};

}  // namespace sonde::probe
