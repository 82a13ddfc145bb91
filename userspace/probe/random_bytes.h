#pragma once

#include <sys/random.h>

#include <type_traits>

namespace sonde::probe {

/// Bytes that nobody can guess (getrandom(2)); no more than 256 of them, which come whole and at once.
template <class T>
T random_bytes() {
  static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= 256);
  T value{};
  while (::getrandom(&value, sizeof value, 0) != static_cast<ssize_t>(sizeof value)) {
  }
  return value;
}

}  // namespace sonde::probe
