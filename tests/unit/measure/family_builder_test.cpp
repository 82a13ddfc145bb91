#include "measure/family_builder.h"

#include <gtest/gtest.h>

#include "measure/histogram_series.h"
#include "unit/measure/tcp_fixture.h"

namespace sonde::measure {
namespace {

using Views = std::vector<LabelView>;

std::shared_ptr<const HistogramValue> histogram_of(std::uint64_t count) {
  auto value = std::make_shared<HistogramValue>();
  value->bucket_counts[2] = value->count = count;
  value->sum_seconds = static_cast<double>(count) * 0.5;
  return value;
}

TEST(FamilyBuilder, writes_untyped_families) {
  FamilyBuilder builder;
  builder.untyped("node_vmstat_pgfault", "Page faults.").add(7);
  const auto families = builder.take();
  EXPECT_EQ(families[0].type, MetricType::kUntyped);
  EXPECT_EQ(families[0].series[0].value, 7);
}

TEST(FamilyBuilder, replaces_an_untyped_value_that_has_the_same_labels) {
  FamilyBuilder builder;
  builder.untyped("a", "A.").add(1, {{"x", "1"}}).add(2, {{"x", "1"}});
  const auto families = builder.take();
  ASSERT_EQ(families[0].series.size(), 1u);
  EXPECT_EQ(families[0].series[0].value, 2);
}

TEST(FamilyBuilder, writes_histogram_families) {
  FamilyBuilder builder;
  builder.histogram("a_seconds", "A.").add(histogram_of(3), {{"x", "1"}});
  const auto families = builder.take();
  EXPECT_EQ(families[0].type, MetricType::kHistogram);
  EXPECT_EQ(families[0].series[0].histogram->count, 3u);
}

TEST(FamilyBuilder, replaces_a_histogram_that_has_the_same_labels) {
  FamilyBuilder builder;
  builder.histogram("a_seconds", "A.").add(histogram_of(3), {{"x", "1"}}).add(histogram_of(4), {{"x", "1"}});
  const auto families = builder.take();
  ASSERT_EQ(families[0].series.size(), 1u);
  EXPECT_EQ(families[0].series[0].histogram->count, 4u);
}

TEST(FamilyBuilder, gives_histograms_the_same_identity_for_the_same_labels) {
  FamilyBuilder builder;
  builder.histogram("a_seconds", "A.").add(histogram_of(3), {{"x", "1"}});
  const auto first = builder.take();
  builder.histogram("a_seconds", "A.").add(histogram_of(4), {{"x", "1"}});
  EXPECT_EQ(builder.take()[0].series[0].identity, first[0].series[0].identity);
}

TEST(FamilyBuilder, shares_an_equal_histogram_with_the_round_before) {
  FamilyBuilder builder;
  builder.histogram("a_seconds", "A.").add(histogram_of(3));
  const auto first = builder.take();
  builder.histogram("a_seconds", "A.").add(histogram_of(3));
  const auto second = builder.take();
  builder.histogram("a_seconds", "A.").add(histogram_of(4));
  EXPECT_EQ(second[0].series[0].histogram, first[0].series[0].histogram);
  EXPECT_EQ(builder.take()[0].series[0].histogram->count, 4u);
}

TEST(FamilyBuilder, does_not_share_histograms_that_differ_in_their_buckets_only) {
  FamilyBuilder builder;
  auto moved = std::make_shared<HistogramValue>(*histogram_of(3));
  std::swap(moved->bucket_counts[2], moved->bucket_counts[5]);
  builder.histogram("a_seconds", "A.").add(histogram_of(3));
  static_cast<void>(builder.take());
  builder.histogram("a_seconds", "A.").add(moved);
  EXPECT_EQ(builder.take()[0].series[0].histogram->bucket_counts[5], 3u);
}

TEST(FamilyBuilder, knows_a_series_again_whether_its_labels_are_borrowed_or_not) {
  FamilyBuilder builder;
  builder.counter("a_total", "A.").add(1, {{"x", "1"}}).add_borrowed(2, Views{{"x", "1"}});
  const auto first = builder.take();
  ASSERT_EQ(first[0].series.size(), 1u);
  EXPECT_EQ(first[0].series[0].value, 3);
  builder.counter("a_total", "A.").add_borrowed(5, Views{{"x", "1"}});
  EXPECT_EQ(builder.take()[0].series[0].identity, first[0].series[0].identity);
}

TEST(FamilyBuilder, knows_a_series_again_by_each_spelling_of_its_labels) {
  FamilyBuilder builder;
  builder.counter("a_total", "A.").add(1, {{"x", "\x80"}});
  const auto first = builder.take();
  builder.counter("a_total", "A.").add(1, {{"x", "\x81"}, {"none", ""}}).add(1, {{"x", "\xEF\xBF\xBD"}});
  const auto second = builder.take();
  ASSERT_EQ(second[0].series.size(), 1u);
  EXPECT_EQ(second[0].series[0].value, 2);
  EXPECT_EQ(second[0].series[0].identity, first[0].series[0].identity);
}

TEST(FamilyBuilder, knows_a_series_by_its_clean_spelling_while_only_another_is_used) {
  FamilyBuilder builder;
  for (int round = 0; round < 3; ++round) {
    builder.counter("a_total", "A.").add(1, {{"x", "\x80"}});
    static_cast<void>(builder.take());
  }
  builder.counter("a_total", "A.").add(1, {{"x", "\x80"}}).add(1, {{"x", "\xEF\xBF\xBD"}});
  EXPECT_EQ(builder.take()[0].series.size(), 1u);
}

TEST(FamilyBuilder, copies_borrowed_labels) {
  FamilyBuilder builder;
  std::string value = "before";
  builder.gauge("a", "A.").add_borrowed(1, Views{{"x", value}});
  value = "after!";
  EXPECT_EQ(text_of(*builder.take()[0].series[0].identity), "x=before");
}

TEST(FamilyBuilder, takes_over_whole_families_with_their_identities) {
  FamilyBuilder builder;
  const auto identity = make_identity({{"x", "1"}});
  builder.add(Family{"a", "A.", MetricType::kUntyped, {Series{identity, 4, nullptr}}});
  const auto families = builder.take();
  EXPECT_EQ(families[0].type, MetricType::kUntyped);
  EXPECT_EQ(families[0].series[0].identity, identity);
  EXPECT_EQ(families[0].series[0].value, 4);
}

TEST(FamilyBuilder, joins_a_whole_family_with_one_of_the_same_name) {
  FamilyBuilder builder;
  builder.gauge("a", "A.").add(1, {{"x", "0"}});
  builder.gauge("b", "B.").add(1);
  builder.add(Family{"a", "A.", MetricType::kGauge, {Series{make_identity({{"x", "1"}}), 2, nullptr}}});
  builder.gauge("a", "A.").add(3, {{"x", "0"}});
  EXPECT_EQ(numbers_of(builder.take()), (Numbers{{"a{x=0}", 3}, {"a{x=1}", 2}, {"b{}", 1}}));
}

}  // namespace
}  // namespace sonde::measure
