#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>

#include "base/clock.h"

namespace sonde::host {

struct CrashLoopOptions {
  std::uint32_t exits = 3;
  std::chrono::nanoseconds within = std::chrono::minutes{10};
};

/// Tells whether one service ends abnormally again and again: so many times within so long. It is over when no abnormal
/// end came for as long.
class CrashLoop {
 public:
  explicit CrashLoop(const CrashLoopOptions& options) : options_(options) {}

  /// Takes an abnormal end down.  returns: whether a loop began with it.
  bool add(WallTime at);

  /// Whether it lasts.
  bool lasts(WallTime now);

  /// The ends that make the loop, and from the first to the last of them.
  [[nodiscard]] std::size_t count() const { return ends_.size(); }
  [[nodiscard]] std::chrono::nanoseconds span() const;

 private:
  void forget(WallTime now);

  CrashLoopOptions options_;
  std::deque<WallTime> ends_;  // the newest, at most options_.exits
  bool lasts_ = false;
};

}  // namespace sonde::host
