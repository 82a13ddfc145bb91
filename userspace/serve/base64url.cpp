#include "serve/base64url.h"

#include <cstddef>
#include <cstdint>

namespace sonde::serve {
namespace {

constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr unsigned kDigitBits = 6;
constexpr unsigned kByteBits = 8;

}  // namespace

std::string encode_base64url(std::string_view bytes) {
  std::string text;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char byte : bytes) {
    bits = bits << kByteBits | static_cast<unsigned char>(byte);
    for (count += kByteBits; count >= kDigitBits;) {
      count -= kDigitBits;
      text += kDigits[bits >> count & 0x3FU];
    }
  }
  if (count > 0) text += kDigits[bits << (kDigitBits - count) & 0x3FU];
  return text;
}

std::optional<std::string> decode_base64url(std::string_view text) {
  std::string bytes;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char letter : text) {
    const std::size_t digit = kDigits.find(letter);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = bits << kDigitBits | static_cast<std::uint32_t>(digit);
    count += kDigitBits;
    if (count < kByteBits) continue;
    count -= kByteBits;
    bytes += static_cast<char>(bits >> count & 0xFFU);
  }
  const bool ends_with_a_byte = count < kDigitBits && (bits & ((1U << count) - 1U)) == 0;
  if (!ends_with_a_byte) return std::nullopt;
  return bytes;
}

}  // namespace sonde::serve
