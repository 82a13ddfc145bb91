#pragma once

#include <array>
#include <chrono>

namespace sonde {

/// Upper bounds of the classic duration buckets: 100 us to 60 s, OpenTelemetry's among them; +Inf is implied.
inline constexpr std::array<std::chrono::nanoseconds, 26> kDurationBounds = [] {
  using std::chrono::microseconds;
  return std::array<std::chrono::nanoseconds, 26>{
      microseconds{100},        microseconds{250},        microseconds{500},        microseconds{750},
      microseconds{1'000},      microseconds{2'500},      microseconds{5'000},      microseconds{7'500},
      microseconds{10'000},     microseconds{25'000},     microseconds{50'000},     microseconds{75'000},
      microseconds{100'000},    microseconds{250'000},    microseconds{500'000},    microseconds{750'000},
      microseconds{1'000'000},  microseconds{1'500'000},  microseconds{2'500'000},  microseconds{5'000'000},
      microseconds{7'500'000},  microseconds{10'000'000}, microseconds{15'000'000}, microseconds{20'000'000},
      microseconds{30'000'000}, microseconds{60'000'000}};
}();

}  // namespace sonde
