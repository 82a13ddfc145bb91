#include "base/clock.h"

#include <ctime>

namespace sonde {
namespace {

std::chrono::nanoseconds read_clock(clockid_t id) {
  timespec at{};
  clock_gettime(id, &at);
  return std::chrono::seconds{at.tv_sec} + std::chrono::nanoseconds{at.tv_nsec};
}

}  // namespace

WallTime SystemClock::now() const { return WallTime{read_clock(CLOCK_REALTIME)}; }

KernelTime SystemClock::kernel_now() const { return KernelTime{read_clock(CLOCK_MONOTONIC)}; }

}  // namespace sonde
