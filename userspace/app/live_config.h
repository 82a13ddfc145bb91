#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "base/clock.h"
#include "config/types.h"

namespace sonde::app {

/// How the last reading of the configuration went.
struct ConfigFacts {
  bool is_sound = true;  ///< false: the file has faults, and what it said before is in use
  WallTime loaded_at{};  ///< when it was last read without a fault
};

/// The configuration as it is in use. Whoever answers requests asks for it each time, and keeps it for one answer; who
/// works with a part that needs a restart keeps the one of the start.  threads: any.
class LiveConfig {
 public:
  LiveConfig(config::Config config, WallTime now)
      : config_(std::make_shared<const config::Config>(std::move(config))), facts_{.loaded_at = now} {}

  [[nodiscard]] std::shared_ptr<const config::Config> get() const {
    const std::lock_guard lock(mutex_);
    return config_;
  }
  [[nodiscard]] ConfigFacts facts() const {
    const std::lock_guard lock(mutex_);
    return facts_;
  }

  void set(std::shared_ptr<const config::Config> config, WallTime now) {
    const std::lock_guard lock(mutex_);
    config_ = std::move(config);
    facts_ = {.is_sound = true, .loaded_at = now};
  }
  /// It has been read anew, and has faults.
  void reject() {
    const std::lock_guard lock(mutex_);
    facts_.is_sound = false;
  }

 private:
  mutable std::mutex mutex_;  // guards what follows
  std::shared_ptr<const config::Config> config_;
  ConfigFacts facts_;
};

}  // namespace sonde::app
