#include "measure/histogram_series.h"

#include <gtest/gtest.h>

#include <numeric>

namespace sonde::measure {
namespace {

using namespace std::chrono_literals;

struct BucketRow {
  const char* name;
  std::chrono::nanoseconds value;
  std::size_t bucket;
};

class BucketCase : public testing::TestWithParam<BucketRow> {};

TEST_P(BucketCase, is_counted_in_the_first_bucket_whose_bound_is_not_below_it) {
  HistogramSeries series(make_identity({}));
  series.observe(GetParam().value);
  const Series published = series.publish();
  EXPECT_EQ(published.histogram->bucket_counts[GetParam().bucket], 1u);
  EXPECT_EQ(published.histogram->count, 1u);
  EXPECT_EQ(published.histogram->fine->count(), 1u);
}

INSTANTIATE_TEST_SUITE_P(Bounds, BucketCase,
                         testing::Values(BucketRow{"negative", -5ns, 0}, BucketRow{"zero", 0ns, 0},
                                         BucketRow{"first_bound", 100us, 0}, BucketRow{"above_first", 100'001ns, 1},
                                         BucketRow{"middle_bound", 1ms, 4}, BucketRow{"above_middle", 1'000'001ns, 5},
                                         BucketRow{"last_bound", 60s, 25}, BucketRow{"beyond_all", 61s, 26},
                                         BucketRow{"longest", std::chrono::nanoseconds::max(), 26}),
                         [](const auto& row) { return row.param.name; });

TEST(HistogramSeries, finds_every_bucket_by_its_bound) {
  for (std::size_t i = 0; i < kDurationBounds.size(); ++i) {
    HistogramSeries series(make_identity({}));
    series.observe(kDurationBounds[i]);
    series.observe(kDurationBounds[i] + 1ns);
    const Series published = series.publish();
    EXPECT_EQ(published.histogram->bucket_counts[i], 1u);
    EXPECT_EQ(published.histogram->bucket_counts[i + 1], 1u);
  }
}

TEST(HistogramSeries, sums_seconds_and_counts_every_observation_once) {
  HistogramSeries series(make_identity({}));
  for (int i = 1; i <= 1000; ++i) series.observe(i * 1ms);
  series.observe(-1s);
  const HistogramValue& value = *series.publish().histogram;
  EXPECT_EQ(value.count, 1001u);
  EXPECT_EQ(std::accumulate(value.bucket_counts.begin(), value.bucket_counts.end(), std::uint64_t{0}), 1001u);
  EXPECT_NEAR(value.sum_seconds, 500.5, 1e-9);
}

TEST(HistogramSeries, never_touches_what_it_has_published) {
  HistogramSeries series(make_identity({}));
  series.observe(1ms);
  const Series first = series.publish();
  series.observe(5s);
  const Series second = series.publish();
  EXPECT_EQ(first.histogram->count, 1u);
  EXPECT_EQ(first.histogram->fine->count(), 1u);
  EXPECT_DOUBLE_EQ(first.histogram->sum_seconds, 0.001);
  EXPECT_EQ(second.histogram->count, 2u);
  EXPECT_EQ(second.histogram->fine->count_above(1s), 1u);
  EXPECT_EQ(first.identity, second.identity);
}

TEST(HistogramSeries, publishes_the_same_pointer_while_nothing_is_observed) {
  HistogramSeries series(make_identity({}));
  series.observe(1ms);
  const Series first = series.publish();
  EXPECT_EQ(series.publish().histogram, first.histogram);
  series.observe(1ms);
  EXPECT_NE(series.publish().histogram, first.histogram);
}

TEST(Identity, has_clean_labels_and_an_id_of_its_own) {
  const auto identity = make_identity({{"a", "x\xFF"}, {"empty", ""}, {"b", "y"}});
  EXPECT_EQ(identity->labels, (std::vector<Label>{{"a", "x\xEF\xBF\xBD"}, {"b", "y"}}));
  EXPECT_NE(identity->id, make_identity({})->id);
}

}  // namespace
}  // namespace sonde::measure
