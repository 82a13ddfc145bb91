#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "measure/family_builder.h"
#include "measure/measurements.h"
#include "unit/measure/exchange_fixture.h"

namespace sonde::measure {
namespace {

std::vector<Family> gauge(double value) {
  static FamilyBuilder builder;
  builder.gauge("sonde_test", "A test's number.").add(value, {{"kind", "test"}});
  return builder.take();
}

TEST(Snapshots, are_the_same_object_while_nothing_changes) {
  Measurements measurements({}, test_vocabulary());
  measurements.observe(exchange_for("/a"), kShop);
  const auto first = measurements.snapshot(at_second(0));
  EXPECT_EQ(first->taken_at, at_second(0));
  EXPECT_EQ(measurements.snapshot(at_second(1)), first);
  measurements.observe(exchange_for("/a"), kShop);
  const auto second = measurements.snapshot(at_second(2));
  EXPECT_NE(second, first);
  EXPECT_GT(second->generation, first->generation);
  EXPECT_EQ(second->taken_at, at_second(2));
}

TEST(Snapshots, share_the_histograms_that_did_not_change) {
  Measurements measurements({}, test_vocabulary());
  measurements.observe(exchange_for("/a"), kShop);
  measurements.observe(exchange_for("/b"), kShop);
  const auto first = measurements.snapshot(at_second(0));
  measurements.observe(exchange_for("/b"), kShop);
  const auto second = measurements.snapshot(at_second(1));
  const auto& before = find_family(*first, kHttpServerDuration)->series;
  const auto& after = find_family(*second, kHttpServerDuration)->series;
  EXPECT_EQ(before[0].histogram, after[0].histogram);
  EXPECT_NE(before[1].histogram, after[1].histogram);
  EXPECT_EQ(before[1].identity, after[1].identity);
  EXPECT_EQ(before[1].histogram->count, 1u);
  EXPECT_EQ(after[1].histogram->count, 2u);
}

TEST(Snapshots, have_a_first_one_even_when_nothing_was_seen) {
  Measurements measurements({}, test_vocabulary());
  const auto snapshot = measurements.snapshot(at_second(0));
  ASSERT_NE(snapshot, nullptr);
  EXPECT_TRUE(snapshot->families.empty());
}

TEST(Snapshots, change_with_the_external_families_and_only_then) {
  Measurements measurements({}, test_vocabulary());
  measurements.set_external(gauge(1));
  const auto first = measurements.snapshot(at_second(0));
  ASSERT_NE(find_series(*first, "sonde_test", "kind=test"), nullptr);
  measurements.set_external(gauge(1));
  EXPECT_EQ(measurements.snapshot(at_second(1)), first);
  measurements.set_external(gauge(2));
  const auto second = measurements.snapshot(at_second(2));
  EXPECT_NE(second, first);
  EXPECT_EQ(find_series(*second, "sonde_test", "kind=test")->value, 2);
  measurements.set_external({});
  EXPECT_EQ(find_family(*measurements.snapshot(at_second(3)), "sonde_test"), nullptr);
}

TEST(Snapshots, do_not_change_with_a_gauge_that_stays_not_a_number) {
  Measurements measurements({}, test_vocabulary());
  measurements.set_external(gauge(std::numeric_limits<double>::quiet_NaN()));
  const auto first = measurements.snapshot(at_second(0));
  measurements.set_external(gauge(std::numeric_limits<double>::quiet_NaN()));
  EXPECT_EQ(measurements.snapshot(at_second(1)), first);
}

TEST(Snapshots, can_be_read_and_freed_by_another_thread_while_measuring_goes_on) {
  Measurements measurements({}, test_vocabulary());
  std::mutex mutex;
  std::shared_ptr<const Snapshot> latest;
  std::atomic<bool> done{false};
  std::atomic<bool> whole{true};
  std::thread reader([&] {
    while (!done) {
      std::shared_ptr<const Snapshot> mine;
      {
        const std::lock_guard lock(mutex);
        mine.swap(latest);
      }
      if (mine == nullptr) continue;
      for (const Series& series : find_family(*mine, kHttpServerDuration)->series) {
        if (series.histogram->fine->count() != series.histogram->count) whole = false;
      }
    }
  });
  for (int i = 0; i < 20'000; ++i) {
    measurements.observe(exchange_for(i % 3 == 0 ? "/a" : "/b"), kShop);
    if (i % 20 != 0) continue;
    auto taken = measurements.snapshot(at_second(i));
    const std::lock_guard lock(mutex);
    latest.swap(taken);
  }
  done = true;
  reader.join();
  EXPECT_TRUE(whole);
}

TEST(FamilyBuilder, gives_the_same_identity_to_the_same_labels) {
  FamilyBuilder builder;
  builder.counter("a_total", "A.").add(1, {{"x", "1"}}).add(2, {{"x", "2"}});
  const auto first = builder.take();
  builder.counter("a_total", "A.").add(5, {{"x", "2"}}).add(6, {{"x", "3"}});
  const auto second = builder.take();
  EXPECT_EQ(first[0].series[1].identity, second[0].series[0].identity);
  EXPECT_NE(second[0].series[1].identity, first[0].series[0].identity);
  EXPECT_EQ(second[0].type, MetricType::kCounter);
}

TEST(FamilyBuilder, keeps_families_and_labels_apart_that_spell_alike) {
  FamilyBuilder builder;
  builder.gauge("a", "A.").add(1, {{"x", "y"}, {"z", "1"}}).add(2, {{"x", "y1:z1:1"}}).add(3, {{"xy", "z1"}});
  builder.gauge("ax", "B.").add(4, {{"y", "z1"}});
  const auto families = builder.take();
  ASSERT_EQ(families.size(), 2u);
  EXPECT_EQ(families[0].series.size(), 3u);
  EXPECT_EQ(families[1].series.size(), 1u);
}

TEST(FamilyBuilder, adds_equal_labels_to_a_counter_and_replaces_them_in_a_gauge) {
  FamilyBuilder builder;
  builder.counter("a_total", "A.").add(1, {{"x", "\x80"}}).add(2, {{"x", "\x81"}});
  builder.gauge("b", "B.").add(1).add(2, {{"empty", ""}});
  const auto families = builder.take();
  ASSERT_EQ(families[0].series.size(), 1u) << "both labels read alike once sanitised";
  EXPECT_EQ(families[0].series[0].value, 3);
  ASSERT_EQ(families[1].series.size(), 1u);
  EXPECT_EQ(families[1].series[0].value, 2);
}

TEST(FamilyBuilder, leaves_out_families_without_series_and_goes_on_with_reopened_ones) {
  FamilyBuilder builder;
  builder.counter("a_total", "A.").add(1, {{"x", "1"}});
  builder.counter("none_total", "None.");
  builder.counter("a_total", "A.").add(2, {{"x", "2"}});
  const auto families = builder.take();
  ASSERT_EQ(families.size(), 1u);
  EXPECT_EQ(families[0].series.size(), 2u);
}

TEST(FamilyBuilder, forgets_identities_that_are_no_longer_used) {
  FamilyBuilder builder;
  builder.gauge("a", "A.").add(1, {{"x", "1"}});
  const std::weak_ptr<const SeriesIdentity> old = builder.take()[0].series[0].identity;
  EXPECT_FALSE(old.expired());
  builder.gauge("a", "A.").add(1, {{"x", "2"}});
  builder.take();
  EXPECT_TRUE(old.expired());
}

}  // namespace
}  // namespace sonde::measure
