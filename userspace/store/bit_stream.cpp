#include "store/bit_stream.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace sonde::store {
namespace {

static_assert(std::endian::native == std::endian::little, "peek() turns the bytes of a word round");

}  // namespace

BitWriter::BitWriter(std::vector<std::uint8_t> bytes, std::size_t bits) : bytes_(std::move(bytes)) {
  bytes_.resize((bits + 7) / 8);
  free_bits_ = static_cast<unsigned>(bytes_.size() * 8 - bits);
  if (free_bits_ > 0) bytes_.back() = static_cast<std::uint8_t>(bytes_.back() >> free_bits_ << free_bits_);
}

void BitWriter::write(std::uint64_t value, unsigned bits) {
  while (bits > 0) {
    if (free_bits_ == 0) {
      bytes_.push_back(0);
      free_bits_ = 8;
    }
    const unsigned now = std::min(bits, free_bits_);
    const std::uint64_t part = (value >> (bits - now)) & ((1ULL << now) - 1);
    bytes_.back() = static_cast<std::uint8_t>(bytes_.back() | part << (free_bits_ - now));
    free_bits_ -= now;
    bits -= now;
  }
}

void BitWriter::write_gamma(std::uint64_t number) {
  const auto bits = static_cast<unsigned>(std::bit_width(number));
  write(0, bits - 1);
  write(number, bits);
}

std::uint64_t BitReader::peek() const {
  const std::size_t at = position_ / 8;
  std::uint64_t word = 0;
  if (at + sizeof word <= bytes_.size()) {
    std::memcpy(&word, bytes_.data() + at, sizeof word);
  } else if (at < bytes_.size()) {
    std::memcpy(&word, bytes_.data() + at, bytes_.size() - at);
  }
  return __builtin_bswap64(word) << (position_ % 8);
}

std::uint64_t BitReader::read(unsigned bits) {
  if (bits <= kShortBits) return read_short(bits);
  const std::uint64_t high = read_short(bits - 32);
  return high << 32U | read_short(32);
}

std::uint64_t BitReader::read_gamma() {
  unsigned zeros = 0;
  while (!read_bit()) {
    if (++zeros > 63 || exhausted()) {
      position_ = end_ + 1;
      return 1;
    }
  }
  return 1ULL << zeros | read(zeros);
}

}  // namespace sonde::store
