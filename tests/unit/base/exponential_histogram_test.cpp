#include "base/exponential_histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace sonde {
namespace {

using std::chrono::nanoseconds;

struct Spread {
  const char* name;
  double low_ns;
  double high_ns;
};

class ExponentialHistogramSpread : public testing::TestWithParam<Spread> {};

TEST_P(ExponentialHistogramSpread, answers_every_quantile_within_one_percent_of_the_sorted_values) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> exponent(std::log2(GetParam().low_ns), std::log2(GetParam().high_ns));
  ExponentialHistogram histogram;
  std::vector<std::int64_t> values;
  for (int i = 0; i < 20'000; ++i) {
    values.push_back(static_cast<std::int64_t>(std::exp2(exponent(random))));
    histogram.observe(nanoseconds{values.back()});
  }
  std::sort(values.begin(), values.end());
  double worst = 0;
  for (const double q : {0.0, 0.01, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0}) {
    const auto rank = std::max(1.0, std::ceil(q * static_cast<double>(values.size())));
    const auto truth = static_cast<double>(values[static_cast<std::size_t>(rank) - 1]);
    const double answer = static_cast<double>(histogram.quantile(q).count());
    worst = std::max(worst, std::abs(answer - truth) / truth);
  }
  RecordProperty("worst_relative_error", std::to_string(worst));
  EXPECT_LE(worst, 0.0055);
}

INSTANTIATE_TEST_SUITE_P(Durations, ExponentialHistogramSpread,
                         testing::Values(Spread{"microseconds", 1e3, 1e6}, Spread{"milliseconds", 1e6, 1e9},
                                         Spread{"seconds_to_hours", 1e9, 1e13}, Spread{"all", 1e2, 1e14}),
                         [](const auto& row) { return row.param.name; });

TEST(ExponentialHistogram, takes_zero_negative_and_huge_values) {
  ExponentialHistogram histogram;
  histogram.observe(nanoseconds{0});
  histogram.observe(nanoseconds{-5});
  histogram.observe(nanoseconds::max());
  EXPECT_EQ(histogram.count(), 3u);
  EXPECT_LE(histogram.quantile(0.5).count(), 1);
  EXPECT_GT(histogram.quantile(1.0).count(), std::int64_t{1} << 61);
}

TEST(ExponentialHistogram, has_buckets_that_include_their_upper_bound) {
  ExponentialHistogram histogram;
  histogram.observe(nanoseconds{1024});
  EXPECT_EQ(histogram.count_above(nanoseconds{1024}), 0u);
  EXPECT_EQ(histogram.count_above(nanoseconds{1000}), 1u);
  histogram.observe(nanoseconds{1025});
  EXPECT_EQ(histogram.count_above(nanoseconds{1024}), 1u);
}

TEST(ExponentialHistogram, loses_nothing_when_merged_and_subtracted) {
  ExponentialHistogram early;
  for (int i = 1; i <= 1000; ++i) early.observe(nanoseconds{i * 1000});
  ExponentialHistogram late = early;
  for (int i = 0; i < 500; ++i) late.observe(std::chrono::seconds{2});
  ExponentialHistogram window = late;
  window.subtract(early);
  EXPECT_EQ(window.count(), 500u);
  EXPECT_NEAR(static_cast<double>(window.quantile(0.01).count()), 2e9, 2e9 * 0.0055);
  window.merge(early);
  EXPECT_EQ(window.count(), late.count());
  for (const double q : {0.1, 0.5, 0.9}) EXPECT_EQ(window.quantile(q), late.quantile(q));
}

TEST(ExponentialHistogram, is_empty_at_first) {
  const ExponentialHistogram histogram;
  EXPECT_TRUE(histogram.empty());
  EXPECT_EQ(histogram.quantile(0.99).count(), 0);
}

}  // namespace
}  // namespace sonde
