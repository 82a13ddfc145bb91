#pragma once

#include <chrono>
#include <string>

namespace sonde::app {

/// CLOCK_BOOTTIME: since the host's boot, suspended time included.
std::chrono::nanoseconds boot_now();

/// How long the host has been suspended since its boot: CLOCK_BOOTTIME less CLOCK_MONOTONIC.
std::chrono::nanoseconds slept_since_boot();

/// What tells one boot from another (/proc/sys/kernel/random/boot_id, random(4)); empty if it cannot be read.
std::string boot_id();

}  // namespace sonde::app
