#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/duration_bounds.h"
#include "store/chunk.h"
#include "store/float_codec.h"
#include "store/types.h"

namespace sonde::store {

inline constexpr std::size_t kClassicBuckets = kDurationBounds.size() + 1;
inline constexpr std::size_t kFineIndexes = 64 * ExponentialHistogram::kBucketsPerOctave;

/// One bucket of an ExponentialHistogram.
struct FineBucket {
  std::uint32_t index = 0;  ///< octave * kBucketsPerOctave + bucket
  std::uint32_t times = 0;

  bool operator==(const FineBucket&) const = default;
};

/// A histogram's state.  shape: classic per bucket, not cumulative; fine by index, none empty.
struct HistogramCounts {
  std::uint64_t count = 0;
  double sum_seconds = 0;
  std::array<std::uint64_t, kClassicBuckets> classic{};
  std::vector<FineBucket> fine;

  bool operator==(const HistogramCounts&) const = default;
};

/// Takes over a measured value, keeping the memory of `into`.
void take_counts(const measure::HistogramValue& value, HistogramCounts& into);

/// Whether `value` is what `counts` were taken from, without looking at the fine buckets, which follow the others.
bool is_unchanged(const HistogramCounts& counts, const measure::HistogramValue& value);

/// Samples of histograms as bits: a sample is what came on top of the one before. The fine buckets that grew come
/// first; the classic ones follow from them, save where a fine bucket lies across a classic bound.
struct HistogramCodec {
  struct Sample {
    std::int64_t at_ms = 0;
    bool is_stale = false;
    const HistogramCounts* counts = nullptr;  ///< null only if stale
  };

  struct State {
    std::int64_t at_ms = 0;
    std::int64_t step_ms = 0;
    bool is_stale = false;
    bool began_anew = false;  // decoding: before `grown`, everything fell to zero
    XorWindow window;
    HistogramCounts counts;         // decoding leaves `counts.fine` to keep()
    std::vector<FineBucket> grown;  // decoding: what this sample brought
  };

  static constexpr std::uint32_t kMaxSamples = 360;
  static constexpr std::size_t kMaxBytes = 8192;

  static void begin(State& state, std::int64_t from_ms);
  static void encode(State& state, bool is_first, const Sample& sample, BitWriter& into);
  static void encode_repeated(State& state, std::int64_t at_ms, BitWriter& into);
  [[nodiscard]] static bool decode(State& state, bool is_first, BitReader& from);

  /// A sample that outlives its state.
  struct Kept {
    std::int64_t at_ms = 0;
    bool is_stale = false;
    HistogramCounts counts;
  };
  [[nodiscard]] static Kept copy(const State& state) { return {state.at_ms, state.is_stale, state.counts}; }
  [[nodiscard]] static Sample sample_of(const Kept& kept) { return {kept.at_ms, kept.is_stale, &kept.counts}; }

  [[nodiscard]] static Sample stale_sample(std::int64_t at_ms) { return {at_ms, true, nullptr}; }

  /// Brings `counts.fine` up to the sample just decoded; to be called after each, or never.
  static void keep(State& state);
  static std::size_t heap_bytes(const State& state) { return state.counts.fine.capacity() * sizeof(FineBucket); }
};

}  // namespace sonde::store
