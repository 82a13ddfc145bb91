#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "base/clock.h"

namespace sonde::test {

/// A clock that moves when told to.  threads: any.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(WallTime wall = WallTime{std::chrono::seconds{1'800'000'000}},
                     KernelTime kernel = KernelTime{std::chrono::hours{1}})
      : wall_ns_(wall.time_since_epoch().count()), kernel_ns_(kernel.time_since_epoch().count()) {}

  [[nodiscard]] WallTime now() const override { return WallTime{std::chrono::nanoseconds{wall_ns_.load()}}; }
  [[nodiscard]] KernelTime kernel_now() const override {
    return KernelTime{std::chrono::nanoseconds{kernel_ns_.load()}};
  }

  /// Time passes, on both clocks.
  void advance(std::chrono::nanoseconds by) {
    wall_ns_ += by.count();
    kernel_ns_ += by.count();
  }

  /// Somebody sets the wall clock.
  void step_wall(std::chrono::nanoseconds by) { wall_ns_ += by.count(); }

 private:
  std::atomic<std::int64_t> wall_ns_;
  std::atomic<std::int64_t> kernel_ns_;
};

}  // namespace sonde::test
