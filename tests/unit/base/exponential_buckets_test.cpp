#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/exponential_histogram.h"

namespace sonde {
namespace {

using namespace std::chrono_literals;

TEST(ExponentialBuckets, only_those_with_observations_are_visited_in_order) {
  ExponentialHistogram histogram;
  histogram.observe(1s, 2);
  histogram.observe(3us);
  histogram.observe(0ns, 5);
  std::vector<std::pair<std::size_t, std::uint32_t>> buckets;
  histogram.for_each_bucket([&](std::size_t index, std::uint32_t times) { buckets.emplace_back(index, times); });
  ASSERT_EQ(buckets.size(), 3U);
  EXPECT_EQ(buckets[0], std::make_pair(std::size_t{0}, 5U));
  EXPECT_EQ(buckets[1].second, 1U);
  EXPECT_EQ(buckets[2].second, 2U);
}

TEST(ExponentialBuckets, bounds_enclose_what_was_observed) {
  for (std::int64_t duration_ns = 2; duration_ns < 1'000'000'000'000; duration_ns = duration_ns * 13 / 9 + 1) {
    ExponentialHistogram histogram;
    histogram.observe(std::chrono::nanoseconds{duration_ns});
    histogram.for_each_bucket([&](std::size_t index, std::uint32_t) {
      const double seconds = static_cast<double>(duration_ns) / 1e9;
      EXPECT_LE(seconds, ExponentialHistogram::upper_bound_seconds(index) * (1 + 1e-9)) << duration_ns;
      const double lower = index == 0 ? 0 : ExponentialHistogram::upper_bound_seconds(index - 1);
      EXPECT_GT(seconds * (1 + 1e-9), lower) << duration_ns;
    });
  }
}

}  // namespace
}  // namespace sonde
