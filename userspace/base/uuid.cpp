#include "base/uuid.h"

#include <array>
#include <cstddef>
#include <random>

namespace sonde {
namespace {

constexpr std::string_view kShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

bool is_hexadecimal(char letter) {
  return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'f') || (letter >= 'A' && letter <= 'F');
}

}  // namespace

std::string random_uuid() {
  constexpr std::string_view kDigits = "0123456789abcdef";
  constexpr std::size_t kVersionAt = 14;
  constexpr std::size_t kVariantAt = 19;
  // In libstdc++ every number of random_device comes from the kernel or the processor; none is seeded.
  std::random_device source;
  std::string text(kShape);
  for (char& letter : text) {
    if (letter == 'x') letter = kDigits[source() & 0xFU];
  }
  text[kVersionAt] = '4';
  text[kVariantAt] = kDigits[8U | (source() & 0x3U)];
  return text;
}

bool is_uuid(std::string_view text) {
  if (text.size() != kShape.size()) return false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (kShape[at] == 'x' ? !is_hexadecimal(text[at]) : text[at] != '-') return false;
  }
  return true;
}

}  // namespace sonde
