#include "store/float_codec.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace sonde::store {
namespace {

/// By how many ones stand in front of it: how wide a folded difference may be.
constexpr std::array<unsigned, 4> kDifferenceBits{6, 12, 20, 32};
constexpr double kExactIntegers = 9007199254740992.0;  // 2^53
constexpr std::uint8_t kHundredths = 100;

double from_scaled(std::int64_t scaled, std::uint8_t scale) {
  const auto whole = static_cast<double>(scaled);
  return scale == 1 ? whole : whole / scale;
}

/// Whether `value` is a whole number of 1 / scale, to the bit.
bool to_scaled(double value, std::uint8_t scale, std::int64_t& scaled) {
  const double times = value * scale;
  if (!(std::abs(times) < kExactIntegers)) return false;
  scaled = static_cast<std::int64_t>(std::nearbyint(times));
  return std::bit_cast<std::uint64_t>(from_scaled(scaled, scale)) == std::bit_cast<std::uint64_t>(value);
}

void choose_scale(FloatCodec::State& state) {
  std::int64_t scaled = 0;
  const bool is_whole = to_scaled(state.value, 1, scaled);
  state.scale = !is_whole && to_scaled(state.value, kHundredths, scaled) ? kHundredths : 1;
  state.is_scaled = to_scaled(state.value, state.scale, state.scaled);
}

void write_difference(std::uint64_t folded, BitWriter& into) {
  const auto width = static_cast<unsigned>(std::bit_width(folded));
  std::size_t row = 0;
  while (kDifferenceBits[row] < width) ++row;
  const auto ones = static_cast<unsigned>(row);
  if (row + 1 < kDifferenceBits.size()) {
    into.write((1ULL << (ones + 1)) - 2, ones + 1);
  } else {
    into.write((1ULL << ones) - 1, ones);
  }
  into.write(folded, kDifferenceBits[row]);
}

std::uint64_t read_difference(BitReader& from) {
  std::size_t row = 0;
  while (row + 1 < kDifferenceBits.size() && from.read_bit()) ++row;
  return from.read(kDifferenceBits[row]);
}

void encode_value(FloatCodec::State& state, double value, BitWriter& into) {
  std::int64_t scaled = 0;
  const bool is_scaled = to_scaled(value, state.scale, scaled);
  const std::uint64_t folded = is_scaled && state.is_scaled ? fold_sign(scaled - state.scaled) : ~0ULL;
  if (std::bit_width(folded) <= kDifferenceBits.back()) {
    into.write(0, 1);
    write_difference(folded, into);
  } else {
    into.write(1, 1);
    write_xor(std::bit_cast<std::uint64_t>(value) ^ std::bit_cast<std::uint64_t>(state.value), state.window, into);
  }
  state.value = value;
  state.is_scaled = is_scaled;
  state.scaled = scaled;
}

void decode_value(FloatCodec::State& state, BitReader& from) {
  if (!from.read_bit()) {
    // Bytes that no encoder wrote may run over; they must not overflow.
    const auto difference = static_cast<std::uint64_t>(unfold_sign(read_difference(from)));
    state.scaled = static_cast<std::int64_t>(static_cast<std::uint64_t>(state.scaled) + difference);
    state.value = from_scaled(state.scaled, state.scale);
    return;
  }
  state.value = std::bit_cast<double>(std::bit_cast<std::uint64_t>(state.value) ^ read_xor(state.window, from));
  state.is_scaled = to_scaled(state.value, state.scale, state.scaled);
}

}  // namespace

void write_xor(std::uint64_t difference, XorWindow& window, BitWriter& into) {
  constexpr int kMaxLeading = 31;  // five bits
  const auto leading = static_cast<std::uint8_t>(std::min(std::countl_zero(difference), kMaxLeading));
  const int trailing = difference == 0 ? 0 : std::countr_zero(difference);
  const bool fits = window.changed > 0 && leading >= window.leading && trailing >= 64 - window.leading - window.changed;
  if (!fits) {
    window = {leading, static_cast<std::uint8_t>(64 - leading - trailing)};
    into.write(1, 1);
    into.write(leading, 5);
    into.write(window.changed - 1U, 6);
  } else {
    into.write(0, 1);
  }
  into.write(difference >> (64U - window.leading - window.changed), window.changed);
}

std::uint64_t read_xor(XorWindow& window, BitReader& from) {
  if (from.read_bit()) {
    window.leading = static_cast<std::uint8_t>(from.read(5));
    const auto changed = static_cast<std::uint8_t>(from.read(6) + 1);
    window.changed = static_cast<std::uint8_t>(std::min<int>(changed, 64 - window.leading));
  }
  if (window.changed == 0) return 0;
  return from.read(window.changed) << (64U - window.leading - window.changed);
}

void FloatCodec::begin(State& state, std::int64_t from_ms) {
  state = State{};
  state.at_ms = from_ms;
}

void FloatCodec::encode(State& state, bool is_first, const Sample& sample, BitWriter& into) {
  if (is_first) {
    state.value = sample.value;
    choose_scale(state);
    into.write(std::bit_cast<std::uint64_t>(sample.value), 64);
    return;
  }
  const std::int64_t step_ms = sample.at_ms - state.at_ms;
  const bool same_step = step_ms == state.step_ms;
  const bool same_value = std::bit_cast<std::uint64_t>(sample.value) == std::bit_cast<std::uint64_t>(state.value);
  if (same_step) {
    into.write(same_value ? 0 : 0b10, same_value ? 1 : 2);
  } else {
    into.write(same_value ? 0b110 : 0b111, 3);
    write_step_change(step_ms - state.step_ms, into);
  }
  state.at_ms = sample.at_ms;
  state.step_ms = step_ms;
  if (!same_value) encode_value(state, sample.value, into);
}

void FloatCodec::encode_repeated(State& state, std::int64_t at_ms, BitWriter& into) {
  encode(state, false, Sample{at_ms, state.value}, into);
}

bool FloatCodec::decode(State& state, bool is_first, BitReader& from) {
  if (is_first) {
    state.value = std::bit_cast<double>(from.read(64));
    choose_scale(state);
    return true;
  }
  bool new_value = false;
  if (from.read_bit()) {
    const bool new_step = from.read_bit();
    new_value = !new_step || from.read_bit();
    if (new_step) {
      const auto change = static_cast<std::uint64_t>(read_step_change(from));
      state.step_ms = static_cast<std::int64_t>(static_cast<std::uint64_t>(state.step_ms) + change);
    }
  }
  if (state.step_ms <= 0 || __builtin_add_overflow(state.at_ms, state.step_ms, &state.at_ms)) return false;
  if (new_value) decode_value(state, from);
  return true;
}

}  // namespace sonde::store
