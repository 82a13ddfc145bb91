#pragma once

#include <cstdint>
#include <string_view>

namespace sonde {

/// FNV-1a over bytes, 64 bits (draft-eastlake-fnv): the same in every run and on every machine.
class Fnv1a {
 public:
  constexpr Fnv1a& add(std::string_view bytes) {
    for (const char byte : bytes) add(static_cast<unsigned char>(byte));
    return *this;
  }
  constexpr Fnv1a& add(unsigned char byte) {
    value_ = (value_ ^ byte) * 0x100000001b3;
    return *this;
  }

  [[nodiscard]] constexpr std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325;
};

}  // namespace sonde
