#include "store/recent_windows.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace sonde::store {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr WallTime kStart{1'800'000'000s};

struct SeriesName {
  std::string service = "checkout";
  std::string status = "200";
  std::string error;
  bool client = false;
  auto operator<=>(const SeriesName&) const = default;
};

/// Counts like the measure module: cumulative values, a new pointer for each change, a generation for each difference.
class Traffic {
 public:
  void observe(const SeriesName& name, nanoseconds duration, std::uint32_t times = 1) {
    Live& live = series_[name];
    if (!live.identity) live.identity = identity_of(name);
    auto value = std::make_shared<measure::HistogramValue>(live.value ? *live.value : measure::HistogramValue{});
    auto fine = std::make_shared<ExponentialHistogram>(value->fine ? *value->fine : ExponentialHistogram{});
    fine->observe(duration, times);
    value->count += times;
    value->fine = std::move(fine);
    live.value = std::move(value);
    ++generation_;
  }

  /// The series starts over, under a new identity or as the same one.
  void restart(const SeriesName& name, bool same_identity) {
    Live& live = series_[name];
    live.value = nullptr;
    if (!same_identity) live.identity = identity_of(name);
  }

  void forget(const SeriesName& name) {
    series_.erase(name);
    ++generation_;
  }

  [[nodiscard]] measure::Snapshot at(nanoseconds since_start) const {
    measure::Snapshot snapshot{generation_, kStart + since_start, {}};
    for (const bool client : {false, true}) {
      measure::Family family;
      family.name = client ? measure::kHttpClientDuration : measure::kHttpServerDuration;
      family.type = measure::MetricType::kHistogram;
      for (const auto& [name, live] : series_) {
        if (name.client == client) family.series.push_back({live.identity, 0, live.value});
      }
      snapshot.families.push_back(std::move(family));
    }
    return snapshot;
  }

 private:
  struct Live {
    std::shared_ptr<const measure::SeriesIdentity> identity;
    std::shared_ptr<const measure::HistogramValue> value;
  };

  std::shared_ptr<const measure::SeriesIdentity> identity_of(const SeriesName& name) {
    measure::SeriesIdentity identity{++last_id_, {{"service_name", name.service}}};
    if (!name.status.empty()) identity.labels.push_back({"http_response_status_code", name.status});
    if (!name.error.empty()) identity.labels.push_back({"error_type", name.error});
    return std::make_shared<const measure::SeriesIdentity>(std::move(identity));
  }

  std::map<SeriesName, Live> series_;
  std::uint64_t last_id_ = 0;
  std::uint64_t generation_ = 1;
};

ServiceWindow only(const std::vector<ServiceWindow>& windows) {
  EXPECT_EQ(windows.size(), 1u);
  return windows.empty() ? ServiceWindow{} : windows.front();
}

struct OutcomeRow {
  const char* name;
  const char* status;
  const char* error;
  std::uint64_t client_errors;
  std::uint64_t server_errors;
};

class OutcomeCase : public testing::TestWithParam<OutcomeRow> {};

TEST_P(OutcomeCase, counts_as_the_error_it_is) {
  Traffic traffic;
  traffic.observe({"checkout", GetParam().status, GetParam().error}, 1ms, 3);
  RecentWindows windows{StoreOptions{}};
  windows.ingest(traffic.at(0s));
  const ServiceWindow window = only(windows.over(1min, kStart));
  EXPECT_EQ(window.requests, 3u);
  EXPECT_EQ(window.client_errors, GetParam().client_errors);
  EXPECT_EQ(window.server_errors, GetParam().server_errors);
}

INSTANTIATE_TEST_SUITE_P(
    Outcomes, OutcomeCase,
    testing::Values(OutcomeRow{"success", "200", "", 0, 0}, OutcomeRow{"switching_protocols", "101", "", 0, 0},
                    OutcomeRow{"not_found", "404", "", 3, 0}, OutcomeRow{"not_found_to_a_client", "404", "404", 3, 0},
                    OutcomeRow{"bad_gateway", "502", "502", 0, 3}, OutcomeRow{"no_response", "", "timeout", 0, 3},
                    OutcomeRow{"neither_status_nor_error", "", "", 0, 3},
                    OutcomeRow{"success_cut_off", "200", "connection_closed", 0, 3},
                    OutcomeRow{"client_left_in_mid_response", "200", "connection_reset", 0, 0},
                    OutcomeRow{"client_lost_in_mid_response", "200", "timeout", 0, 0},
                    OutcomeRow{"client_left_while_waiting", "", "connection_reset", 0, 3},
                    OutcomeRow{"not_found_cut_off", "404", "connection_closed", 0, 3}),
    [](const auto& row) { return row.param.name; });

TEST(RecentWindows, hold_exactly_what_happened_in_the_window_asked_for) {
  Traffic traffic;
  RecentWindows windows{StoreOptions{}};
  for (int second = 0; second < 30; ++second) {
    traffic.observe({}, second < 20 ? 1ms : 100ms, 10);
    traffic.observe({"checkout", "500", "500"}, 1s);
    windows.ingest(traffic.at(second * 1s));
  }
  const ServiceWindow last_five = only(windows.over(5s, kStart + 29s));
  EXPECT_EQ(last_five.requests, 55u);
  EXPECT_EQ(last_five.server_errors, 5u);
  EXPECT_EQ(last_five.covered, 5s);
  EXPECT_EQ(last_five.duration.count(), 55u);
  EXPECT_NEAR(static_cast<double>(last_five.duration.quantile(0.5).count()), 1e8, 1e8 * 0.0055);
  const ServiceWindow all = only(windows.over(5min, kStart + 29s));
  EXPECT_EQ(all.requests, 330u);
  EXPECT_EQ(all.covered, 30s);
  EXPECT_NEAR(static_cast<double>(all.duration.quantile(0.5).count()), 1e6, 1e6 * 0.0055);
}

TEST(RecentWindows, keep_service_sides_apart_and_name_the_server_first) {
  Traffic traffic;
  traffic.observe({"b", "200", "", true}, 1ms, 1);
  traffic.observe({"b", "200", "", false}, 1ms, 2);
  traffic.observe({"a", "200", "", true}, 1ms, 4);
  traffic.observe({"", "200", "", false}, 1ms, 8);
  RecentWindows windows{StoreOptions{}};
  windows.ingest(traffic.at(0s));
  const auto result = windows.over(1min, kStart);
  ASSERT_EQ(result.size(), 4u);
  const std::vector<std::pair<std::string, bool>> expected{
      {"a", false}, {"b", true}, {"b", false}, {"unknown_service", true}};
  const std::uint64_t requests[] = {4, 2, 1, 8};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(std::make_pair(result[i].service, result[i].server), expected[i]);
    EXPECT_EQ(result[i].requests, requests[i]);
  }
}

TEST(RecentWindows, take_a_count_that_shrank_or_a_new_series_as_started_from_zero) {
  for (const bool same_identity : {true, false}) {
    Traffic traffic;
    RecentWindows windows{StoreOptions{}};
    traffic.observe({}, 1ms, 100);
    windows.ingest(traffic.at(0s));
    traffic.restart({}, same_identity);
    traffic.observe({}, 1s, 7);
    windows.ingest(traffic.at(1s));
    const ServiceWindow window = only(windows.over(1s, kStart + 1s));
    EXPECT_EQ(window.requests, 7u) << same_identity;
    EXPECT_EQ(window.duration.count(), 7u);
    EXPECT_GT(window.duration.quantile(0.01), 900ms);
    EXPECT_EQ(only(windows.over(1min, kStart + 1s)).requests, 107u);
  }
}

TEST(RecentWindows, count_nothing_twice_when_a_snapshot_comes_twice_or_a_series_goes) {
  Traffic traffic;
  RecentWindows windows{StoreOptions{}};
  traffic.observe({}, 1ms, 5);
  traffic.observe({"checkout", "404", ""}, 1ms, 5);
  for (int second = 0; second < 3; ++second) windows.ingest(traffic.at(second * 1s));
  traffic.forget({"checkout", "404", ""});
  windows.ingest(traffic.at(3s));
  EXPECT_EQ(only(windows.over(1min, kStart + 3s)).requests, 10u);
}

TEST(RecentWindows, forget_a_service_that_was_idle_for_longer_than_they_keep) {
  Traffic traffic;
  RecentWindows windows{StoreOptions{1s, 2min}};
  traffic.observe({}, 1ms, 5);
  windows.ingest(traffic.at(0s));
  for (int second = 1; second < 120; ++second) windows.ingest(traffic.at(second * 1s));
  EXPECT_EQ(only(windows.over(1min, kStart + 119s)).requests, 0u);
  EXPECT_EQ(only(windows.over(2min, kStart + 119s)).requests, 5u);
  windows.ingest(traffic.at(120s));
  EXPECT_TRUE(windows.over(2min, kStart + 120s).empty());
  EXPECT_EQ(windows.memory_bytes(), 0u);
}

TEST(RecentWindows, lose_no_request_when_old_ticks_become_coarse) {
  Traffic traffic;
  RecentWindows windows{StoreOptions{}};
  for (int second = 0; second < 900; ++second) {
    traffic.observe({}, 1ms + second * 1us, 2);
    windows.ingest(traffic.at(second * 1s));
  }
  const ServiceWindow all = only(windows.over(15min, kStart + 899s));
  EXPECT_EQ(all.requests, 1800u);
  EXPECT_EQ(all.duration.count(), 1800u);
  EXPECT_EQ(all.covered, 15min);
  for (const nanoseconds window : {1s, 7s, 60s}) {
    EXPECT_EQ(only(windows.over(window, kStart + 899s)).requests, 2u * static_cast<std::uint64_t>(window / 1s));
  }
  for (const nanoseconds window : {90s, 300s, 601s}) {
    EXPECT_NEAR(static_cast<double>(only(windows.over(window, kStart + 899s)).requests),
                2.0 * std::chrono::duration<double>(window).count(), 2 * 5.0);
  }
}

TEST(RecentWindows, stay_within_their_memory_bound_under_steady_traffic) {
  Traffic traffic;
  RecentWindows windows{StoreOptions{}};
  std::size_t after_keep = 0;
  for (int second = 0; second < 2 * 900; ++second) {
    for (int i = 0; i < 50; ++i) traffic.observe({}, 1ms + i * 40us);
    windows.ingest(traffic.at(second * 1s));
    if (second == 900) after_keep = windows.memory_bytes();
  }
  EXPECT_LE(windows.memory_bytes(), 100u << 10U);
  EXPECT_LE(windows.memory_bytes(), after_keep + 2048);
}

TEST(RecentWindows, are_not_disturbed_by_a_wall_clock_that_is_set_back) {
  Traffic traffic;
  RecentWindows windows{StoreOptions{}};
  nanoseconds wall{0};
  for (int second = 0; second < 20; ++second) {
    traffic.observe({}, 1ms);
    windows.ingest(traffic.at(wall));
    wall += second == 9 ? nanoseconds{-1h} : nanoseconds{1s};
  }
  EXPECT_EQ(only(windows.over(5s, kStart + wall - 1s)).requests, 5u);
  EXPECT_EQ(only(windows.over(1min, kStart + wall - 1s)).requests, 20u);
}

TEST(RecentWindows, answer_readers_while_ticks_come_in) {
  Traffic traffic;
  RecentWindows windows{StoreOptions{}};
  std::atomic<bool> stop{false};
  std::thread reader([&] {
    std::uint64_t last = 0;
    while (!stop) {
      for (const ServiceWindow& window : windows.over(15min, kStart)) {
        EXPECT_GE(window.requests, last);
        EXPECT_EQ(window.requests, window.duration.count());
        last = window.requests;
      }
    }
  });
  for (int second = 0; second < 200; ++second) {
    traffic.observe({}, 1ms, 3);
    windows.ingest(traffic.at(second * 1s));
  }
  stop = true;
  reader.join();
  EXPECT_EQ(only(windows.over(15min, kStart + 199s)).requests, 600u);
}

TEST(RecentWindows, are_empty_before_the_first_snapshot) {
  const RecentWindows windows{StoreOptions{}};
  EXPECT_TRUE(windows.over(5min, kStart).empty());
}

}  // namespace
}  // namespace sonde::store
