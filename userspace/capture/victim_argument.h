#pragma once

#include <cstdint>

struct btf;

namespace sonde::capture {

/// What the tracepoint mark_victim hands to its programs.
enum class VictimArgument : std::uint8_t {
  kTask,  ///< since Linux 6.10
  kPid,   ///< before
  kNone,  ///< the kernel has no such tracepoint
};

/// Read from the kernel's type information.
VictimArgument victim_argument_of(const btf& types);

}  // namespace sonde::capture
