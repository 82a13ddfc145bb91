#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "probe/types.h"

namespace re2 {
class RE2;
}  // namespace re2

namespace sonde::probe {

/// One attempt, as an easy handle of libcurl: a connection of its own, a fresh name lookup, no proxy.
/// threads: one at a time.
class Transfer {
 public:
  /// `body_matches` is null if nobody looks at the body.  owner: the caller keeps it alive.
  Transfer(std::shared_ptr<const ProbeTarget> target, const re2::RE2* body_matches, const std::string& user_agent);
  ~Transfer();
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  /// The CURL handle, for a multi handle.
  [[nodiscard]] void* handle() const { return easy_; }

  /// What came of it.  `code` is the CURLcode it ended with.
  [[nodiscard]] ProbeResult result(int code) const;

 private:
  static std::size_t take(char* data, std::size_t size, std::size_t count, void* into);
  void set_http_options();
  void judge(ProbeResult& result) const;
  [[nodiscard]] std::string failure(int code) const;

  const std::shared_ptr<const ProbeTarget> target_;
  const re2::RE2* const body_matches_;
  void* easy_;
  std::string url_;
  std::string body_;
  std::size_t read_bytes_ = 0;
};

}  // namespace sonde::probe
