#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace sonde::store {

/// Writes numbers of any width one behind the other, the highest bit first.  threads: one at a time.
class BitWriter {
 public:
  BitWriter() = default;

  /// Goes on behind the first `bits` of `bytes`.
  BitWriter(std::vector<std::uint8_t> bytes, std::size_t bits);

  /// The lowest `bits` of `value`.  units: bits 0 to 64.
  void write(std::uint64_t value, unsigned bits);

  /// A number of at least 1 in Elias' gamma code: 2 log2(number) + 1 bits.
  void write_gamma(std::uint64_t number);

  /// shape: the last byte is filled up with zeros.
  [[nodiscard]] const std::vector<std::uint8_t>& bytes() const noexcept { return bytes_; }

 private:
  std::vector<std::uint8_t> bytes_;
  unsigned free_bits_ = 0;  // of the last byte
};

/// Reads what a BitWriter wrote. Behind the end there are zeros, and exhausted() tells.  threads: one at a time.
class BitReader {
 public:
  /// owner: the caller, for as long as it is read.
  explicit BitReader(std::span<const std::uint8_t> bytes) : bytes_(bytes), end_(bytes.size() * 8) {}

  /// units: bits 0 to 64.
  std::uint64_t read(unsigned bits);
  bool read_bit() { return read_short(1) != 0; }
  std::uint64_t read_gamma();

  [[nodiscard]] bool exhausted() const noexcept { return position_ > end_; }
  [[nodiscard]] std::size_t position_bits() const noexcept { return position_; }

 private:
  static constexpr unsigned kShortBits = 56;

  [[nodiscard]] std::uint64_t peek() const;  // the next kShortBits or more, left-aligned
  std::uint64_t read_short(unsigned bits) {
    const std::uint64_t value = bits == 0 ? 0 : peek() >> (64 - bits);
    position_ += bits;
    return value;
  }

  std::span<const std::uint8_t> bytes_;
  std::size_t position_ = 0;
  std::size_t end_;
};

/// Small numbers of either sign as small numbers without one.
constexpr std::uint64_t fold_sign(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63U);
}
constexpr std::int64_t unfold_sign(std::uint64_t folded) {
  return static_cast<std::int64_t>(folded >> 1U) ^ -static_cast<std::int64_t>(folded & 1U);
}

}  // namespace sonde::store
