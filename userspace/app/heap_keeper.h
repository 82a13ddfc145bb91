#pragma once

#include <chrono>
#include <cstdint>

#include "base/clock.h"

namespace sonde::app {

/// Sets bounds to what malloc keeps of memory that was freed. Call before any thread starts.
void bound_free_memory();

/// Gives back to the kernel what malloc keeps for later. A large query, or loading the kernel's type information, would
/// otherwise leave all it needed resident.
/// threads: one at a time; others may allocate meanwhile, and wait for it a moment.
class HeapKeeper {
 public:
  /// What the process must have grown by since the last time for it to be worth its while.
  static constexpr std::uint64_t kMinGrowthBytes = std::uint64_t{4} << 20U;

  /// Queries that follow each other closely share the memory: to fault its pages in again makes one over many series
  /// take twice as long.
  static constexpr std::chrono::seconds kRest{5};

  /// True if memory was given back. Else this costs as much as reading one line.
  bool give_back_if_grown(KernelTime now);

 private:
  std::uint64_t usual_bytes_ = 0;  // of resident memory; 0 before the first time
  KernelTime rest_until_{};
};

}  // namespace sonde::app
