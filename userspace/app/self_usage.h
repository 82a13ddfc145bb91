#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace sonde::app {

/// units: CPU time since the thread began, in steps of the kernel's clock tick (10 ms).
struct ThreadUsage {
  std::int32_t thread_id = 0;
  std::string name;
  double user_seconds = 0;
  double system_seconds = 0;
};

/// What Sonde itself takes of the host.  units: CPU time includes threads that have ended.
struct SelfUsage {
  double user_seconds = 0;
  double system_seconds = 0;
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
  std::uint64_t max_virtual_bytes = 0;  ///< the highest there is if nothing limits it
  std::size_t thread_count = 0;
  std::size_t open_fds = 0;
  std::uint64_t max_fds = 0;
  std::vector<ThreadUsage> threads;  ///< by thread id; one that ends meanwhile is left out
};

/// Reads proc(5): stat, limits, fd and task/TID/stat of the process whose directory is given.
/// errors: kIo, kNotFound, kPermission; kBadInput if the kernel's text is not as proc(5) has it.  threads: any.
Result<SelfUsage> read_self_usage(const std::string& process_directory = "/proc/self");

/// Replaces what proc/PID/stat alone says: CPU time, memory and the count of threads. The rest takes twenty times as
/// long. errors: as read_self_usage.  threads: any.
Result<> update_totals(SelfUsage& usage, const std::string& process_directory = "/proc/self");

}  // namespace sonde::app
