#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "measure/types.h"

namespace sonde::app {

/// Where another thread leaves its families for the capture thread, which puts them into every snapshot.
/// threads: any; nobody waits for longer than a pointer takes to copy.
class SharedFamilies {
 public:
  using Families = std::shared_ptr<const std::vector<measure::Family>>;

  void publish(std::vector<measure::Family> families) {
    auto fresh = std::make_shared<const std::vector<measure::Family>>(std::move(families));
    const std::lock_guard lock(mutex_);
    latest_.swap(fresh);  // the old ones are freed after the lock
  }

  /// Null before the first.
  [[nodiscard]] Families latest() const {
    const std::lock_guard lock(mutex_);
    return latest_;
  }

 private:
  mutable std::mutex mutex_;
  Families latest_;
};

}  // namespace sonde::app
