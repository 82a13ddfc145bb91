#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "base/clock.h"

namespace sonde::app {

/// What has come lately, so that what is sent again does nothing more.  threads: any.
class RecentKeys {
 public:
  /// owner: the clock outlives it. Of more than `most`, the newest are remembered.
  explicit RecentKeys(const Clock& clock, std::chrono::nanoseconds keep, std::size_t most = 10'000)
      : clock_(clock), keep_(keep), most_(most) {}

  /// False if it is there already.
  bool take(const std::string& key);

  /// It has not been dealt with after all.
  void forget(const std::string& key);

 private:
  const Clock& clock_;
  const std::chrono::nanoseconds keep_;
  const std::size_t most_;
  std::mutex mutex_;  // guards what follows
  std::set<std::string> keys_;
  std::deque<std::pair<KernelTime, std::string>> order_;  // the oldest first
};

}  // namespace sonde::app
