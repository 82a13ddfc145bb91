#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "probe/event_loop.h"
#include "probe/types.h"

struct curl_slist;

namespace sonde::probe {

/// An easy handle of libcurl for one attempt, in the loop: a connection of its own, a fresh name lookup, no proxy, TLS
/// as the target says.
/// threads: that of the loop.  owner: the caller keeps both alive.
class Transfer {
 public:
  Transfer(const ProbeTarget& target, std::string url, EventLoop& loop);
  ~Transfer();
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  /// The CURL handle; null if there is no memory for one.
  [[nodiscard]] void* handle() const { return easy_; }

  /// Goes under way; `token` is woken at the end.
  void begin(std::size_t token);

  /// The CURLcode it has ended with.
  [[nodiscard]] std::optional<int> ended() const;

  [[nodiscard]] std::chrono::nanoseconds time(int info) const;  ///< units: `info` is a CURLINFO_*_TIME_T
  [[nodiscard]] long number(int info) const;
  [[nodiscard]] std::string_view text(int info) const;

  /// 4 or 6; 0: there was no connection.
  [[nodiscard]] int ip_protocol() const;

  [[nodiscard]] std::optional<WallTime> earliest_expiry() const;

  /// Why it failed, in plain words.
  [[nodiscard]] std::string failure(int code) const;

 private:
  const ProbeTarget& target_;
  const std::string url_;
  EventLoop& loop_;
  void* easy_;
  bool added_ = false;
  bool refused_ = false;
};

}  // namespace sonde::probe
