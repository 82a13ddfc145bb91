#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "store/fine_bounds.h"
#include "unit/store/measured_host.h"

namespace sonde::store {
namespace {

using namespace std::chrono_literals;

Selection buckets(bool fine) {
  return {{{"__name__", MatchOperator::kEqual, "wait_seconds_bucket"}}, -kForever, kForever, fine};
}

double bound_in(const std::string& name) {
  const std::size_t begin = name.find("le=\"") + 4;
  const std::string text = name.substr(begin, name.find('"', begin) - begin);
  return text == "+Inf" ? std::numeric_limits<double>::infinity() : std::stod(text);
}

/// As Prometheus' promql/quantile.go does: linear between the bounds of the bucket that holds the rank.
double quantile_of(const std::map<double, double>& cumulative, double q) {
  const double rank = q * cumulative.rbegin()->second;
  double lower = 0;
  double below = 0;
  for (const auto& [bound, count] : cumulative) {
    if (count >= rank) return lower + (bound - lower) * (rank - below) / (count - below);
    lower = bound;
    below = count;
  }
  return lower;
}

TEST(FineBuckets, quantiles_are_within_one_percent_of_the_exact_ones) {
  std::mt19937_64 random(17);
  std::lognormal_distribution<double> seconds(-4, 1.2);
  const auto database = open_database({});
  MeasuredHost host;
  std::vector<double> exact;
  for (int i = 0; i < 20'000; ++i) {
    const std::chrono::nanoseconds duration{static_cast<std::int64_t>(seconds(random) * 1e9)};
    exact.push_back(static_cast<double>(duration.count()) / 1e9);
    host.observe("wait_seconds", {{"route", std::to_string(i % 7)}}, duration);
  }
  database->append(host.snapshot(), kStart);
  std::map<double, double> fine;
  for (const ReadSeries& series : read(*database, buckets(true)))
    fine[bound_in(series.name)] += series.samples.at(0).value;
  std::sort(exact.begin(), exact.end());
  for (const double q : {0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99}) {
    const double wanted = exact[static_cast<std::size_t>(std::ceil(q * 20'000)) - 1];
    EXPECT_NEAR(quantile_of(fine, q) / wanted, 1, 0.01) << q;
  }
}

TEST(FineBuckets, all_series_of_a_metric_have_the_same_bounds) {
  const auto database = open_database({});
  MeasuredHost host;
  host.observe("wait_seconds", {{"route", "/a"}}, 1ms);
  host.observe("wait_seconds", {{"route", "/b"}}, 1s);
  database->append(host.snapshot(), kStart);
  std::map<std::string, std::set<double>> bounds;
  for (const ReadSeries& series : read(*database, buckets(true))) {
    bounds[series.name.substr(series.name.find("route"))].insert(bound_in(series.name));
  }
  ASSERT_EQ(bounds.size(), 2U);
  EXPECT_EQ(bounds.begin()->second, bounds.rbegin()->second);
  EXPECT_EQ(bounds.begin()->second.size(), 5U);  // both edges of two buckets, and +Inf
  EXPECT_LT(*bounds.begin()->second.begin(), 0.001);
}

TEST(FineBuckets, growth_and_resets_are_followed) {
  const auto database = open_database({});
  MeasuredHost host;
  for (int i = 0; i < 400; ++i) {
    if (i == 390) host.restart();
    host.observe("wait_seconds", {}, i % 2 ? 1ms : 50ms);
    database->append(host.snapshot(), at_ms(i * 10'000));
  }
  auto all = read(*database, buckets(true));
  std::sort(all.begin(), all.end(), [](auto& a, auto& b) { return bound_in(a.name) < bound_in(b.name); });
  ASSERT_EQ(all.size(), 5U);
  for (int i = 0; i < 400; ++i) {
    const int seen = i < 390 ? i + 1 : i - 389;
    const auto at = static_cast<std::size_t>(i);
    EXPECT_EQ(all[0].samples.at(at).value, 0) << i;
    EXPECT_EQ(all[1].samples.at(at).value, seen / 2) << i;
    EXPECT_EQ(all[2].samples.at(at).value, seen / 2) << i;
    EXPECT_EQ(all[3].samples.at(at).value, seen) << i;
    EXPECT_EQ(all[4].samples.at(at).value, seen) << i;
  }
}

TEST(FineBuckets, a_matcher_on_the_bound_gets_the_classic_ones) {
  const auto database = open_database({});
  MeasuredHost host;
  host.observe("wait_seconds", {}, 1ms);
  database->append(host.snapshot(), kStart);
  Selection selection = buckets(true);
  selection.matchers.push_back({"le", MatchOperator::kNotEqual, "+Inf"});
  EXPECT_EQ(read(*database, selection).size(), 26U);
}

TEST(FineBuckets, too_many_are_merged_and_beyond_that_left_out) {
  FineIndexSet used;
  for (std::size_t i = 1'000; i < 1'640; ++i) used.set(i);
  EXPECT_EQ(make_fine_bounds(used, 1, 100'000).limits.size(), 641U);
  const FineBounds merged = make_fine_bounds(used, 1'000, 100'000);
  EXPECT_LE(merged.limits.size(), 99U);
  EXPECT_GT(merged.limits.size(), 40U);
  EXPECT_LE(merged.limits.front(), 1'000U);
  EXPECT_GE(merged.limits.back(), 1'640U);
  EXPECT_TRUE(make_fine_bounds(used, 50'000, 100'000).limits.empty());
  EXPECT_TRUE(make_fine_bounds({}, 1, 100'000).limits.empty());
}

}  // namespace
}  // namespace sonde::store
