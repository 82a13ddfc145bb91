#pragma once

#include <chrono>
#include <cstdint>

namespace sonde {

/// The kernel's monotonic clock (CLOCK_MONOTONIC, bpf_ktime_get_ns): never steps, and stands still while suspended, so
/// a request that sleeps with its laptop is not slow. The kernel side reads it in two thirds of the time of the boot
/// clock.
struct KernelClock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<KernelClock, duration>;
  static constexpr bool is_steady = true;
};

using KernelTime = KernelClock::time_point;
using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds>;

/// Wall time minus kernel time, as measured at one moment; refresh it, since wall clocks are stepped.
struct ClockOffset {
  std::chrono::nanoseconds wall_minus_kernel{0};
};

/// The only crossing between the two clocks.
constexpr WallTime to_wall(KernelTime at, ClockOffset offset) {
  return WallTime{at.time_since_epoch() + offset.wall_minus_kernel};
}

/// units: nanoseconds of that clock, as the kernel side writes them.
constexpr KernelTime kernel_time(std::uint64_t kernel_ns) {
  return KernelTime{std::chrono::nanoseconds{static_cast<std::int64_t>(kernel_ns)}};
}

/// Where time comes from; tests hand in their own.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual WallTime now() const = 0;
  [[nodiscard]] virtual KernelTime kernel_now() const = 0;

  [[nodiscard]] ClockOffset offset() const {
    return ClockOffset{now().time_since_epoch() - kernel_now().time_since_epoch()};
  }
};

/// CLOCK_REALTIME and CLOCK_MONOTONIC.  threads: any.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] WallTime now() const override;
  [[nodiscard]] KernelTime kernel_now() const override;
};

}  // namespace sonde
