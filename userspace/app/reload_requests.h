#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "base/result.h"

namespace sonde::app {

/// Where whoever wants the rules to be read anew leaves word for the control thread.  threads: any.
class ReloadRequests {
 public:
  /// Asks, and does not wait.
  void post();

  /// Asks, and waits for what came of it.  errors: what the reload says; kLimit if it takes longer than `patience`.
  Result<> request(std::chrono::nanoseconds patience);

  /// True if somebody has asked since the last settle().  threads: the control thread.
  [[nodiscard]] bool is_wanted() const;

  /// Tells everyone who asked before the reload began.  threads: the control thread.
  void begin();
  void settle(Result<> outcome);

 private:
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable settled_changed_;
  std::uint64_t asked_ = 0;
  std::uint64_t begun_ = 0;
  std::uint64_t settled_ = 0;
  std::optional<Error> failure_;
};

}  // namespace sonde::app
