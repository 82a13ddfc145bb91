#pragma once

#include <cstddef>
#include <cstdint>

#include "store/chunk.h"
#include "store/types.h"

namespace sonde::store {

/// XOR of two floats' bits, in the window of the one before where it fits (Gorilla, section 4.1.2). `leading` and
/// `changed` are that window; it begins with `changed` 0.
struct XorWindow {
  std::uint8_t leading = 0;
  std::uint8_t changed = 0;
};
void write_xor(std::uint64_t difference, XorWindow& window, BitWriter& into);
std::uint64_t read_xor(XorWindow& window, BitReader& from);

/// Samples of plain numbers as bits, after Gorilla (Pelkonen et al., VLDB 2015, section 4.1; as in Prometheus'
/// tsdb/chunkenc/xor.go) with two changes: a sample that keeps both value and step is one bit in all, and whole numbers
/// and hundredths, which counters and CPU times are, are told as differences rather than as XORed floats.
struct FloatCodec {
  using Sample = store::Sample;

  struct State {
    std::int64_t at_ms = 0;
    std::int64_t step_ms = 0;
    double value = 0;
    std::int64_t scaled = 0;  // value in units of 1 / scale, if it is a whole number of those
    bool is_scaled = false;
    std::uint8_t scale = 1;  // 1 or 100, as the chunk's first value has it
    XorWindow window;
  };

  static constexpr std::uint32_t kMaxSamples = 360;
  static constexpr std::size_t kMaxBytes = 512;

  static void begin(State& state, std::int64_t from_ms);
  static void encode(State& state, bool is_first, const Sample& sample, BitWriter& into);
  static void encode_repeated(State& state, std::int64_t at_ms, BitWriter& into);
  [[nodiscard]] static bool decode(State& state, bool is_first, BitReader& from);

  /// A sample that outlives its state.
  using Kept = store::Sample;
  [[nodiscard]] static Kept copy(const State& state) { return {state.at_ms, state.value}; }
  [[nodiscard]] static const Sample& sample_of(const Kept& kept) { return kept; }

  [[nodiscard]] static Sample stale_sample(std::int64_t at_ms) { return {at_ms, stale_marker()}; }

  static void keep(State& /*state*/) {}
  static std::size_t heap_bytes(const State& /*state*/) { return 0; }
};

}  // namespace sonde::store
