#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "unit/store/measured_host.h"

namespace sonde::store {
namespace {

using namespace std::chrono_literals;

class Recording : public testing::Test {
 protected:
  void append(std::int64_t since_start_ms) { database_->append(host_.snapshot(), at_ms(since_start_ms)); }
  [[nodiscard]] std::string samples(const std::string& name) const { return samples_of(*database_, name); }

  MeasuredHost host_;
  std::unique_ptr<Database> database_ = open_database({});
};

TEST_F(Recording, a_series_is_sampled_each_interval) {
  for (int second = 0; second <= 30; ++second) {
    host_.set("load", {}, second);
    append(second * 1'000);
  }
  EXPECT_EQ(samples("load"), "0:0 10000:10 20000:20 30000:30");
}

TEST_F(Recording, times_near_the_grid_are_put_on_it) {
  host_.set("load", {}, 1);
  for (const int now_ms : {0, 10'003, 19'996, 30'049, 40'300}) append(now_ms);
  EXPECT_EQ(samples("load"), "0:1 10000:1 20000:1 30000:1 40300:1");
}

TEST_F(Recording, a_snapshot_that_is_the_same_is_still_sampled) {
  host_.set("load", {}, 1);
  const measure::Snapshot same = host_.snapshot();
  for (int i = 0; i < 3; ++i) database_->append(same, at_ms(i * 10'000));
  EXPECT_EQ(samples("load"), "0:1 10000:1 20000:1");
}

TEST_F(Recording, what_a_demand_names_is_sampled_sooner) {
  const SamplingDemand demand{
      {{"__name__", MatchOperator::kEqual, "fast_seconds_bucket"}, {"le", MatchOperator::kEqual, "+Inf"}}, 2s};
  ASSERT_TRUE(database_->set_demands({demand}));
  host_.set("load", {}, 1);
  host_.observe("fast_seconds", {}, 1ms);
  for (int second = 0; second <= 10; ++second) append(second * 1'000);
  EXPECT_EQ(samples("load"), "0:1 10000:1");
  EXPECT_EQ(samples("fast_seconds_count"), "0:1 2000:1 4000:1 6000:1 8000:1 10000:1");
  ASSERT_TRUE(database_->set_demands({}));
  for (int second = 11; second <= 20; ++second) append(second * 1'000);
  EXPECT_EQ(samples("fast_seconds_count"), "0:1 2000:1 4000:1 6000:1 8000:1 10000:1 20000:1");
}

TEST_F(Recording, a_demand_with_a_bad_expression_is_refused) {
  const auto refused = database_->set_demands({{{{"job", MatchOperator::kRegex, "("}}, 1s}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kBadInput);
}

TEST_F(Recording, a_series_that_is_gone_ends_at_once) {
  host_.set("load", {}, 1);
  host_.observe("wait_seconds", {}, 1ms);
  append(0);
  host_.remove("load", {});
  host_.remove("wait_seconds", {});
  append(3'000);
  append(10'000);
  EXPECT_EQ(samples("load"), "0:1 3000:stale");
  EXPECT_EQ(samples("wait_seconds_sum"), "0:0.001 3000:stale");
  EXPECT_EQ(read(*database_, {{"le", MatchOperator::kEqual, "+Inf"}}).front().samples.size(), 2U);
}

TEST_F(Recording, a_series_that_comes_back_is_the_same_series) {
  host_.set("load", {{"cpu", "0"}}, 1);
  append(0);
  host_.remove("load", {{"cpu", "0"}});
  append(10'000);
  host_.set("load", {{"cpu", "0"}}, 2);
  append(20'000);
  EXPECT_EQ(samples("load"), "0:1 10000:stale 20000:2");
  EXPECT_EQ(database_->facts().stored_series, 1U);
}

TEST_F(Recording, what_counts_begins_at_zero_when_it_appears_later) {
  host_.count("old_total", {}, 5);
  append(0);
  host_.count("new_total", {}, 7);
  host_.set("new_gauge", {}, 7);
  host_.observe("new_seconds", {}, 1ms, 3);
  append(1'000);
  EXPECT_EQ(samples("old_total"), "0:5");
  EXPECT_EQ(samples("new_total"), "1000:7") << "perhaps the kernel has counted it for long";
  EXPECT_EQ(samples("new_gauge"), "1000:7");
  EXPECT_EQ(samples("new_seconds_count"), "0:0 1000:3");
  append(30'000);
  host_.count("late_total", {}, 7);
  append(31'000);
  EXPECT_EQ(samples("late_total"), "30000:0 31000:7");
}

TEST_F(Recording, while_the_clock_has_stepped_back_samples_are_refused_and_counted) {
  host_.set("load", {}, 1);
  host_.observe("wait_seconds", {}, 1ms);
  append(100'000);
  append(50'000);
  EXPECT_EQ(database_->facts().out_of_order_samples, 1U + 29U);
  append(60'000);
  EXPECT_EQ(database_->facts().out_of_order_samples, 2U * 30U);
  append(110'000);
  EXPECT_EQ(samples("load"), "100000:1 110000:1");
}

TEST_F(Recording, a_clock_that_jumps_forward_leaves_a_gap) {
  host_.set("load", {}, 1);
  append(0);
  append(7'200'000);
  EXPECT_EQ(samples("load"), "0:1 7200000:1");
}

TEST_F(Recording, of_a_series_that_is_there_twice_the_first_value_counts) {
  host_.set("load", {}, 1);
  measure::Snapshot snapshot = host_.snapshot();
  snapshot.families[0].series.push_back(snapshot.families[0].series[0]);
  snapshot.families[0].series[1].value = 2;
  database_->append(snapshot, at_ms(0));
  EXPECT_EQ(samples("load"), "0:1");
  EXPECT_EQ(database_->facts().out_of_order_samples, 0U);
}

TEST_F(Recording, a_series_moves_among_its_neighbours) {
  for (int i = 0; i < 200; ++i) host_.set("load", {{"n", std::to_string(i)}}, i);
  append(0);
  for (int i = 0; i < 200; i += 3) host_.remove("load", {{"n", std::to_string(i)}});
  host_.set("load", {{"n", "0000"}}, -1);
  append(10'000);
  for (const ReadSeries& series : read(*database_, {{"n", MatchOperator::kRegex, "4|5|6|199"}})) {
    const bool gone = series.name.find("\"6\"") != std::string::npos;
    EXPECT_EQ(is_stale(series.samples.back().value), gone) << series.name;
    EXPECT_EQ(series.samples.size(), 2U) << series.name;
  }
  EXPECT_EQ(database_->facts().stored_series, 201U);
}

TEST_F(Recording, names_and_help_of_what_is_measured_are_told) {
  host_.count("a_total", {}, 1);
  host_.observe("b_seconds", {}, 1ms);
  append(0);
  const auto metadata = database_->metadata();
  ASSERT_EQ(metadata.size(), 2U);
  EXPECT_EQ(metadata[0].name, "a_total");
  EXPECT_EQ(metadata[0].type, measure::MetricType::kCounter);
  EXPECT_EQ(metadata[1].help, "Help of b_seconds.");
}

}  // namespace
}  // namespace sonde::store
