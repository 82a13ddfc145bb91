#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/exponential_histogram.h"

namespace sonde::store {

/// What an ExponentialHistogram holds, at eight bytes for each bucket in use instead of 256 for each octave: a second
/// of a quiet service is a handful of buckets, and a store keeps many seconds.  threads: one at a time.
class SparseDurations {
 public:
  SparseDurations() = default;
  explicit SparseDurations(const ExponentialHistogram& dense);

  void merge(const SparseDurations& other);

  /// units: heap bytes.
  [[nodiscard]] std::size_t memory_bytes() const noexcept { return buckets_.capacity() * sizeof(Bucket); }

 private:
  friend class DurationSum;
  struct Bucket {
    std::uint32_t index = 0;
    std::uint32_t times = 0;
  };

  std::vector<Bucket> buckets_;  // ascending
};

/// Adds up many SparseDurations, at an addition for each bucket.  threads: one at a time.
class DurationSum {
 public:
  DurationSum();

  void add(const SparseDurations& durations);

  /// The sum so far, every count in the bucket it came from; the next sum starts from zero.
  ExponentialHistogram take();

 private:
  std::vector<std::uint32_t> times_;  // by bucket index
};

}  // namespace sonde::store
