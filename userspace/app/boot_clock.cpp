#include "app/boot_clock.h"

#include <ctime>

#include "base/file.h"

namespace sonde::app {
namespace {

std::chrono::nanoseconds read_clock(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
}

}  // namespace

std::chrono::nanoseconds boot_now() { return read_clock(CLOCK_BOOTTIME); }

std::chrono::nanoseconds slept_since_boot() { return read_clock(CLOCK_BOOTTIME) - read_clock(CLOCK_MONOTONIC); }

std::string boot_id() {
  auto text = read_file("/proc/sys/kernel/random/boot_id");
  if (!text) return "";
  return text->substr(0, text->find('\n'));
}

}  // namespace sonde::app
