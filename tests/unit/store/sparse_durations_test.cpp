#include "store/sparse_durations.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <random>

namespace sonde::store {
namespace {

using std::chrono::nanoseconds;

ExponentialHistogram random_histogram(std::uint64_t seed, int values) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> exponent(std::log2(50.0), std::log2(1e12));
  ExponentialHistogram histogram;
  for (int i = 0; i < values; ++i) {
    histogram.observe(nanoseconds{std::llround(std::exp2(exponent(random)))}, 1 + static_cast<std::uint32_t>(i % 7));
  }
  return histogram;
}

ExponentialHistogram dense(const SparseDurations& durations) {
  DurationSum sum;
  sum.add(durations);
  return sum.take();
}

void expect_same(const ExponentialHistogram& a, const ExponentialHistogram& b) {
  ASSERT_EQ(a.count(), b.count());
  for (int permille = 0; permille <= 1000; ++permille)
    ASSERT_EQ(a.quantile(permille / 1000.0), b.quantile(permille / 1000.0));
  for (double limit_ns = 60; limit_ns < 1e12; limit_ns *= 1.37) {
    const nanoseconds limit{std::llround(limit_ns)};
    ASSERT_EQ(a.count_above(limit), b.count_above(limit)) << limit.count();
  }
}

TEST(SparseDurations, give_back_every_bucket_of_what_they_were_made_of) {
  for (const int values : {0, 1, 2, 50, 5000}) {
    const ExponentialHistogram original = random_histogram(static_cast<std::uint64_t>(values) + 1, values);
    expect_same(dense(SparseDurations(original)), original);
  }
}

TEST(SparseDurations, keep_the_smallest_durations_in_their_buckets) {
  for (int ns = 0; ns <= 4096; ++ns) {
    ExponentialHistogram original;
    original.observe(nanoseconds{ns});
    const ExponentialHistogram copy = dense(SparseDurations(original));
    ASSERT_EQ(copy.quantile(1), original.quantile(1)) << ns;
    ASSERT_EQ(copy.count_above(nanoseconds{ns}), original.count_above(nanoseconds{ns})) << ns;
  }
}

TEST(SparseDurations, merge_like_the_histograms_they_stand_for) {
  ExponentialHistogram both = random_histogram(1, 300);
  both.merge(random_histogram(2, 400));
  SparseDurations merged{random_histogram(1, 300)};
  merged.merge(SparseDurations{random_histogram(2, 400)});
  merged.merge(SparseDurations{});
  expect_same(dense(merged), both);
}

TEST(DurationSum, adds_up_and_starts_from_zero_after_it_was_taken) {
  ExponentialHistogram both = random_histogram(1, 300);
  both.merge(random_histogram(2, 400));
  DurationSum sum;
  for (int round = 0; round < 2; ++round) {
    sum.add(SparseDurations{random_histogram(1, 300)});
    sum.add(SparseDurations{random_histogram(2, 400)});
    expect_same(sum.take(), both);
  }
  EXPECT_TRUE(sum.take().empty());
}

TEST(SparseDurations, take_eight_bytes_for_each_bucket_in_use) {
  ExponentialHistogram histogram;
  histogram.observe(std::chrono::milliseconds{1}, 1000);
  histogram.observe(std::chrono::seconds{1}, 1000);
  EXPECT_EQ(SparseDurations(histogram).memory_bytes(), 16u);
}

}  // namespace
}  // namespace sonde::store
