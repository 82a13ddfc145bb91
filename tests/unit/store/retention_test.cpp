#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "unit/store/measured_host.h"

namespace sonde::store {
namespace {

using namespace std::chrono_literals;

StoreOptions short_options() {
  StoreOptions options;
  options.retention = 1h;
  options.long_retention = 24h;
  options.long_metrics = {"kept_total", "kept_seconds"};
  return options;
}

TEST(Retention, samples_older_than_retention_go_by_whole_chunks) {
  const auto database = open_database(short_options());
  MeasuredHost host;
  for (int i = 0; i < 3'000; ++i) {
    host.set("load", {}, i);
    database->append(host.snapshot(), at_ms(i * 10'000));
  }
  const auto samples = read(*database, {{"__name__", MatchOperator::kEqual, "load"}}).at(0).samples;
  EXPECT_EQ(samples.back().value, 2'999);
  EXPECT_GE(samples.size(), 361U);  // an hour
  EXPECT_LE(samples.size(), 721U);  // and a chunk that is not all older
  EXPECT_EQ(database->facts().dropped_by_age, 3'000 - samples.size());
  EXPECT_EQ(database->facts().oldest_ms, samples.front().at_ms);
}

TEST(Retention, what_is_kept_longer_is_the_last_sample_of_each_interval) {
  const auto database = open_database(short_options());
  MeasuredHost host;
  for (int i = 0; i < 3'000; ++i) {
    host.count("kept_total", {}, i);
    host.observe("kept_seconds", {}, 1ms);
    database->append(host.snapshot(), at_ms(i * 10'000 + 5'000));
  }
  for (const std::string name : {"kept_total", "kept_seconds_count"}) {
    const auto samples = read(*database, {{"__name__", MatchOperator::kEqual, name}}).at(0).samples;
    const double first = name == "kept_total" ? 5 : 6;  // counted before it is appended
    for (std::size_t minute = 0; minute < 300; ++minute) {
      ASSERT_EQ(samples.at(minute).at_ms, kStartMs + static_cast<std::int64_t>(minute) * 60'000 + 55'000) << name;
      ASSERT_EQ(samples.at(minute).value, first + static_cast<double>(minute) * 6) << name;
    }
    EXPECT_EQ(samples.back().value, first - 5 + 2'999);
    EXPECT_TRUE(std::is_sorted(samples.begin(), samples.end(), [](auto& a, auto& b) { return a.at_ms < b.at_ms; }));
  }
}

TEST(Retention, what_is_kept_longer_goes_at_last) {
  StoreOptions options = short_options();
  options.long_retention = 3h;
  const auto database = open_database(options);
  MeasuredHost host;
  for (int i = 0; i < 2'000; ++i) {
    host.count("kept_total", {}, i);
    database->append(host.snapshot(), at_ms(i * 60'000));
  }
  const auto samples = read(*database, {{"__name__", MatchOperator::kEqual, "kept_total"}}).at(0).samples;
  EXPECT_LE(samples.size(), 3U * 60 + 2 * 360);
  EXPECT_GE(samples.size(), 180U);
}

TEST(Retention, beyond_its_bytes_the_oldest_chunks_of_all_series_go_first) {
  StoreOptions options;
  options.max_bytes = 400'000;
  options.retention = 24h * 365;
  const auto database = open_database(options);
  MeasuredHost host;
  std::mt19937_64 random(3);
  for (int i = 0; i < 4'000; ++i) {
    for (int n = 0; n < 20; ++n) {
      // The series took up their work one after the other, the last one ten hours after the first.
      if (i >= n * 180) host.set("load", {{"n", std::to_string(n)}}, static_cast<double>(random()) / 1e19);
    }
    database->append(host.snapshot(), at_ms(i * 10'000));
    ASSERT_LE(database->facts().bytes, options.max_bytes) << i;
  }
  EXPECT_GT(database->facts().bytes, options.max_bytes * 9 / 10);
  EXPECT_GT(database->facts().dropped_by_size, 0U);
  const auto all = read(*database, {{"__name__", MatchOperator::kEqual, "load"}});
  ASSERT_EQ(all.size(), 20U);
  std::size_t samples = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::int64_t took_up_ms = kStartMs + std::stoll(all[i].name.substr(all[i].name.find('"') + 1)) * 1'800'000;
    // All reach back about as far, to within a chunk, whenever they took up their work.
    const std::int64_t begin_ms = std::max(took_up_ms, database->facts().oldest_ms);
    EXPECT_LE(all[i].samples.front().at_ms - begin_ms, 1'000'000) << all[i].name;
    EXPECT_EQ(all[i].samples.back().at_ms, kStartMs + 39'990'000) << all[i].name;
    samples += all[i].samples.size();
  }
  EXPECT_EQ(samples + database->facts().dropped_by_size, database->facts().appended_samples);
}

TEST(Retention, short_lived_series_leave_nothing_behind) {
  StoreOptions options;
  options.retention = 5min;
  const auto database = open_database(options);
  MeasuredHost host;
  std::size_t early_bytes = 0;
  for (int i = 0; i < 1'000; ++i) {
    host.restart();
    host.set("up", {}, 1);
    for (int n = 0; n < 100; ++n) {
      host.count("process_total", {{"pid", std::to_string(i * 100 + n)}, {"service", "job-" + std::to_string(i)}}, n);
    }
    database->append(host.snapshot(), at_ms(i * 10'000));
    if (i == 100) early_bytes = database->facts().bytes;
  }
  EXPECT_LE(database->facts().stored_series, 4'000U);
  EXPECT_LE(database->facts().bytes, early_bytes * 11 / 10);
  EXPECT_LE(database->label_values("pid", {})->size(), 4'000U);
  EXPECT_EQ(read(*database, {{"__name__", MatchOperator::kEqual, "up"}}).size(), 1U);
}

TEST(Retention, series_cost_a_few_hundred_bytes_each) {
  const auto database = open_database({});
  MeasuredHost host;
  for (int n = 0; n < 10'000; ++n) {
    host.set("process_open_files", {{"pid", std::to_string(n)}, {"service_name", "service-" + std::to_string(n / 50)}},
             n);
  }
  database->append(host.snapshot(), kStart);
  EXPECT_LE(database->facts().bytes, 10'000U * 700);
}

}  // namespace
}  // namespace sonde::store
