#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace sonde {

/// HTTP statuses (RFC 9110, 15).
struct StatusRange {
  std::uint16_t first = 0;
  std::uint16_t last = 0;  ///< among them
};

inline bool holds(const std::vector<StatusRange>& ranges, std::uint16_t status) {
  return std::ranges::any_of(
      ranges, [status](const StatusRange& range) { return range.first <= status && status <= range.last; });
}

}  // namespace sonde
