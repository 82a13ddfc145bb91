#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace sonde::serve {

/// Who has used a link, and when.
struct LinkUse {
  std::string actor;
  WallTime at;

  bool operator==(const LinkUse&) const = default;
};

/// Which links have been used.  threads: any.
class UsedLinks {
 public:
  virtual ~UsedLinks() = default;

  /// Marks a link as used; false if it was before, which changes nothing.
  /// errors: why it cannot be kept; then the link must not be followed.
  virtual Result<bool> claim(const std::string& id, const std::string& actor, WallTime now) = 0;

  /// Nothing if nobody has used it.
  [[nodiscard]] virtual Result<std::optional<LinkUse>> find(const std::string& id) const = 0;
};

/// Forgotten with the daemon, and once the links are too old to be of use.
class MemoryUsedLinks final : public UsedLinks {
 public:
  /// `lifetime`: of links. At most so many are remembered at once.
  explicit MemoryUsedLinks(std::chrono::nanoseconds lifetime, std::size_t most = 10'000)
      : lifetime_(lifetime), most_(most) {}

  /// errors: kLimit.
  Result<bool> claim(const std::string& id, const std::string& actor, WallTime now) override;
  [[nodiscard]] Result<std::optional<LinkUse>> find(const std::string& id) const override;

 private:
  const std::chrono::nanoseconds lifetime_;
  const std::size_t most_;
  mutable std::mutex mutex_;  // guards what follows
  std::map<std::string, LinkUse> used_;
  std::deque<std::string> order_;  // of the keys in used_, the oldest first
};

}  // namespace sonde::serve
