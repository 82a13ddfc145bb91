#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "rules/types.h"

namespace sonde::notify {

enum class ChannelKind : std::uint8_t { kSlack, kWebhook };

/// Where messages go. The URL is a secret: it is never logged or served.
struct Channel {
  ChannelKind kind = ChannelKind::kWebhook;
  std::string name;
  std::string url;
};

/// One message about one alert, for every channel.
struct Notification {
  bool firing = true;  ///< false: resolved
  std::string rule;    ///< the alert's name
  rules::Severity severity = rules::Severity::kWarning;
  std::string service;  ///< may be empty: it is about the host
  std::string host;
  std::vector<measure::Label> labels;  ///< the alert's, with alertname and severity
  std::string reason;                  ///< why it is told now: "severity up", "flapping"; of resolved: how it ended
  std::string summary;
  std::string description;
  std::string runbook_url;
  double value = 0;
  WallTime started_at;    ///< first breach
  WallTime at;            ///< when it fired or resolved
  std::string dedup_key;  ///< the same for firing and resolved of one occurrence
  /// What happened around it, the newest first: "18:42:14 nginx (pid 812) was killed by SIGSEGV".  units: UTC.
  std::vector<std::string> evidence;
};

struct NotifyOptions {
  std::vector<Channel> channels;
  std::chrono::nanoseconds timeout = std::chrono::seconds{10};     ///< of one attempt
  std::chrono::nanoseconds first_retry = std::chrono::seconds{1};  ///< doubled each time, with jitter
  std::chrono::nanoseconds longest_retry = std::chrono::minutes{5};
  std::chrono::nanoseconds give_up_after = std::chrono::hours{6};
  std::size_t max_queued = 10'000;
};

/// Since the start, per channel.
struct DeliveryCounters {
  std::string channel;
  std::uint64_t delivered = 0;
  std::uint64_t retries = 0;
  std::uint64_t failed = 0;  ///< given up: refused for good, expired, or the queue was full
  std::uint64_t queued = 0;  ///< waiting now
  std::string last_error;    ///< empty if the last attempt succeeded; holds no secret
};

}  // namespace sonde::notify
