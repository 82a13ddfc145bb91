#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace sonde {

/// Counts durations in base-2 exponential buckets of scale 6 (64 to an octave), the buckets of an OpenTelemetry
/// exponential histogram and of a Prometheus native histogram of schema 6. A quantile read back from the middle of a
/// bucket is off by at most 0.55 %. Memory grows by 256 bytes per octave in use.
/// Bucket i holds values in (2^(i/64), 2^((i+1)/64)] nanoseconds.  threads: one at a time.
class ExponentialHistogram {
 public:
  static constexpr int kScale = 6;
  static constexpr int kBucketsPerOctave = 1 << kScale;

  ExponentialHistogram() = default;
  ExponentialHistogram(const ExponentialHistogram& other);
  ExponentialHistogram& operator=(const ExponentialHistogram& other);
  ExponentialHistogram(ExponentialHistogram&&) noexcept = default;
  ExponentialHistogram& operator=(ExponentialHistogram&&) noexcept = default;
  ~ExponentialHistogram() = default;

  /// Negative durations count as zero, which shares the bucket of one nanosecond.
  void observe(std::chrono::nanoseconds value, std::uint32_t times = 1);

  /// Adds every bucket of `other`.
  void merge(const ExponentialHistogram& other);

  /// Removes every bucket of `earlier`, an older state of the same histogram.
  void subtract(const ExponentialHistogram& earlier);

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  [[nodiscard]] bool empty() const noexcept { return count_ == 0; }

  /// The value below which `q` of the observations fall; zero if there are none.  units: q ratio in [0, 1].
  [[nodiscard]] std::chrono::nanoseconds quantile(double q) const;

  /// How many observations were certainly above `limit` (those of whole buckets beyond it).
  [[nodiscard]] std::uint64_t count_above(std::chrono::nanoseconds limit) const;

  /// Calls `visit(index, times)` for every bucket that is not empty, ascending.  units: the index of the class comment.
  template <class Visitor>
  void for_each_bucket(Visitor&& visit) const {
    for (std::size_t octave = 0; octave < octaves_.size(); ++octave) {
      if (!octaves_[octave]) continue;
      for (std::size_t bucket = 0; bucket < kBucketsPerOctave; ++bucket) {
        const std::uint32_t times = (*octaves_[octave])[bucket];
        if (times > 0) visit(octave * kBucketsPerOctave + bucket, times);
      }
    }
  }

  /// Upper bound of bucket `index`, which it includes; the lower one of the next.
  [[nodiscard]] static double upper_bound_seconds(std::size_t index);

  [[nodiscard]] std::size_t memory_bytes() const noexcept;

 private:
  using Octave = std::array<std::uint32_t, kBucketsPerOctave>;
  static constexpr int kOctaves = 64;

  Octave& octave(int index);

  std::array<std::unique_ptr<Octave>, kOctaves> octaves_;
  std::uint64_t count_ = 0;
};

}  // namespace sonde
