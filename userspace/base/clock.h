#pragma once

#include <chrono>
#include <cstdint>

namespace sonde {

/// The kernel's boot-time clock (CLOCK_BOOTTIME, bpf_ktime_get_boot_ns): counts suspend, never steps.
struct BootClock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<BootClock, duration>;
  static constexpr bool is_steady = true;
};

using KernelTime = BootClock::time_point;
using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds>;

/// Wall time minus kernel time, as measured at one moment; refresh it, since wall clocks are stepped.
struct ClockOffset {
  std::chrono::nanoseconds wall_minus_boot{0};
};

/// The only crossing between the two clocks.
constexpr WallTime to_wall(KernelTime at, ClockOffset offset) {
  return WallTime{at.time_since_epoch() + offset.wall_minus_boot};
}

/// units: nanoseconds since boot, as the kernel side writes them.
constexpr KernelTime kernel_time(std::uint64_t boot_ns) {
  return KernelTime{std::chrono::nanoseconds{static_cast<std::int64_t>(boot_ns)}};
}

/// Where time comes from; tests hand in their own.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual WallTime now() const = 0;
  [[nodiscard]] virtual KernelTime boot_now() const = 0;

  [[nodiscard]] ClockOffset offset() const {
    return ClockOffset{now().time_since_epoch() - boot_now().time_since_epoch()};
  }
};

/// CLOCK_REALTIME and CLOCK_BOOTTIME.  threads: any.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] WallTime now() const override;
  [[nodiscard]] KernelTime boot_now() const override;
};

}  // namespace sonde
