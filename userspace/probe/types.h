#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/status_range.h"

namespace sonde::probe {

enum class ProbeKind : std::uint8_t { kHttp, kTcp };

/// As exported in the label `module`.
constexpr std::string_view name_of(ProbeKind kind) { return kind == ProbeKind::kHttp ? "http" : "tcp"; }

/// What is asked again and again whether it is there.
struct ProbeTarget {
  std::string name;
  ProbeKind kind = ProbeKind::kHttp;
  std::string address;  ///< a URL, or HOST:PORT
  std::string service;  ///< the service_name whose traffic tells the same; empty: none
  std::chrono::nanoseconds interval = std::chrono::seconds{60};
  std::chrono::nanoseconds timeout = std::chrono::seconds{10};  ///< of everything together; below the interval

  // http
  std::string method = "GET";
  std::vector<StatusRange> statuses{{200, 299}};
  std::string body_matches{};  ///< a regular expression (RE2), found anywhere in the first MiB; empty: none
  bool verifies_tls = true;
  std::string ca_file{};          ///< certificates (PEM) that are trusted; empty: those of the host
  bool follows_redirects = true;  ///< up to ten, to http and https
};

/// How long each phase took.  units: of all redirects together; 0 for what did not happen.
struct ProbePhases {
  std::chrono::nanoseconds resolve{0};
  std::chrono::nanoseconds connect{0};
  std::chrono::nanoseconds tls{0};
  std::chrono::nanoseconds processing{0};  ///< from the request to the first byte of the answer
  std::chrono::nanoseconds transfer{0};
};

struct ProbeResult {
  bool success = false;
  std::string reason;  ///< why it failed, in plain words and without what may be secret; empty: it did not
  std::chrono::nanoseconds duration{0};
  ProbePhases phases;
  int ip_protocol = 0;                      ///< 4 or 6; 0: there was no connection
  std::uint16_t status = 0;                 ///< of HTTP; 0: there was no answer
  double http_version = 0;                  ///< 1, 1.1, 2
  unsigned redirects = 0;                   ///< that were followed
  bool used_tls = false;                    ///< for the answer at the end of all redirects
  bool failed_by_body = false;              ///< ProbeTarget::body_matches was not found
  std::optional<WallTime> earliest_expiry;  ///< of the certificates that were shown
};

/// Where a target stands.
struct ProbeState {
  std::shared_ptr<const ProbeTarget> target;
  std::optional<ProbeResult> last;  ///< nothing before the first result
  std::uint64_t successes = 0;
  std::uint64_t failures = 0;
  std::uint64_t skipped = 0;  ///< for the one before still ran, or the machine slept
};

}  // namespace sonde::probe
