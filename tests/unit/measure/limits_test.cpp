#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <unordered_set>

#include "measure/measurements.h"
#include "support/heap_usage.h"
#include "unit/measure/exchange_fixture.h"

namespace sonde::measure {
namespace {

using protocol::Role;

std::uint64_t fate(const Measurements& measurements, Fate which) {
  return measurements.fates()[static_cast<std::size_t>(which)];
}

std::uint64_t total_count(const Family& family) {
  return std::accumulate(family.series.begin(), family.series.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const Series& series) { return sum + series.histogram->count; });
}

TEST(Limits, collapse_the_routes_beyond_a_services_maximum_and_count_them) {
  MeasureOptions options;
  options.max_routes_per_service = 3;
  Measurements measurements(options, test_vocabulary());
  for (int round = 0; round < 2; ++round) {
    for (const char* path : {"/a", "/b", "/c", "/d", "/e"}) measurements.observe(exchange_for(path), kShop);
  }
  measurements.observe(exchange_for("/d"), ServiceContext{"till", 2, 80});
  const auto snapshot = measurements.snapshot(at_second(0));
  const Series* overflow = find_series(
      *snapshot, kHttpServerDuration,
      "service_name=shop,http_request_method=GET,http_route=/{other},http_response_status_code=200,server_port=8080");
  ASSERT_NE(overflow, nullptr);
  EXPECT_EQ(overflow->histogram->count, 4u);
  EXPECT_EQ(find_family(*snapshot, kHttpServerDuration)->series.size(), 5u) << "another service has its own maximum";
  EXPECT_EQ(fate(measurements, Fate::kRouteCollapsed), 4u);
  EXPECT_EQ(fate(measurements, Fate::kExact), 7u);
}

TEST(Limits, do_not_duplicate_the_overflow_route_when_a_client_asks_for_it) {
  MeasureOptions options;
  options.max_routes_per_service = 1;
  Measurements measurements(options, test_vocabulary());
  for (const char* path : {"/{other}", "/a", "/b", "/{other}"}) measurements.observe(exchange_for(path), kShop);
  const auto snapshot = measurements.snapshot(at_second(0));
  EXPECT_EQ(find_family(*snapshot, kHttpServerDuration)->series.size(), 2u);
  const Series* overflow = find_series(
      *snapshot, kHttpServerDuration,
      "service_name=shop,http_request_method=GET,http_route=/{other},http_response_status_code=200,server_port=8080");
  ASSERT_NE(overflow, nullptr);
  EXPECT_EQ(overflow->histogram->count, 3u);
}

TEST(Limits, send_what_is_one_series_too_many_to_the_overflow_route) {
  MeasureOptions options;
  options.max_series = 6;
  Measurements measurements(options, test_vocabulary());
  for (const char* path : {"/a", "/b", "/c", "/d", "/c"}) measurements.observe(exchange_for(path), kShop);
  const auto snapshot = measurements.snapshot(at_second(0));
  EXPECT_EQ(find_family(*snapshot, kHttpServerDuration)->series.size(), 3u);
  EXPECT_EQ(total_count(*find_family(*snapshot, kHttpServerDuration)), 5u);
  EXPECT_EQ(fate(measurements, Fate::kExact), 2u);
  EXPECT_EQ(fate(measurements, Fate::kSeriesCollapsed), 3u);
  EXPECT_EQ(measurements.histogram_count(), 9u);
}

TEST(Limits, drop_and_count_what_even_the_overflow_route_has_no_room_for) {
  MeasureOptions options;
  options.max_series = 30;
  Measurements measurements(options, test_vocabulary());
  std::uint64_t observed = 0;
  for (std::uint32_t service = 0; service < 100; ++service) {
    const std::string name = "service" + std::to_string(service);
    for (int round = 0; round < 2; ++round, ++observed) {
      measurements.observe(exchange_for("/a"), ServiceContext{name, service, 80});
    }
  }
  const auto snapshot = measurements.snapshot(at_second(0));
  const auto dropped = fate(measurements, Fate::kDropped);
  EXPECT_GT(dropped, 0u);
  EXPECT_EQ(total_count(*find_family(*snapshot, kHttpServerDuration)) + dropped, observed);
  EXPECT_EQ(fate(measurements, Fate::kExact) + fate(measurements, Fate::kSeriesCollapsed) + dropped, observed);
  EXPECT_LE(measurements.histogram_count(), 30u + 30u / 8 + 8u);
}

TEST(Limits, drop_clients_at_the_maximum_for_they_have_no_route_to_collapse) {
  MeasureOptions options;
  options.max_series = 2;
  Measurements measurements(options, test_vocabulary());
  for (std::uint16_t port = 1; port <= 5; ++port) {
    protocol::Exchange sent = exchange_for("/a");
    sent.role = Role::kClient;
    measurements.observe(sent, ServiceContext{"shop", 1, port});
  }
  EXPECT_EQ(measurements.histogram_count(), 2u);
  EXPECT_EQ(fate(measurements, Fate::kDropped), 3u);
}

TEST(Limits, never_let_two_series_have_the_same_labels) {
  MeasureOptions options;
  options.max_series = 60;
  options.max_routes_per_service = 4;
  Measurements measurements(options, test_vocabulary());
  for (std::uint32_t i = 0; i < 2000; ++i) {
    const std::string path = i % 7 == 0 ? std::string("/{other}") : "/p" + std::to_string(i % 11) + "x";
    protocol::Exchange seen = exchange_for(path, i % 3 == 0 ? 500 : 200);
    seen.role = i % 5 == 0 ? Role::kClient : Role::kServer;
    const std::string name = "service" + std::to_string(i % 4);
    measurements.observe(seen, ServiceContext{name, i % 8, 80});
  }
  for (const Family& family : measurements.snapshot(at_second(0))->families) {
    std::unordered_set<std::string> seen;
    for (const Series& series : family.series) {
      EXPECT_TRUE(seen.insert(text_of(*series.identity)).second) << family.name << " " << text_of(*series.identity);
    }
  }
}

TEST(Limits, keep_ten_thousand_histograms_well_under_forty_mebibytes) {
  const std::size_t before_bytes = test::heap_bytes_in_use();
  MeasureOptions options;
  options.max_series = 10'000;
  options.max_routes_per_service = 10'000;
  Measurements measurements(options, test_vocabulary());
  for (int i = 0; measurements.histogram_count() + 3 <= options.max_series; ++i) {
    const std::string path = "/orders/of/the/shop/number" + std::to_string(i) + "/items";
    for (int round = 0; round < 40; ++round) {
      protocol::Exchange seen = exchange_for(path);
      seen.duration = std::chrono::microseconds{500 + 80 * round};
      seen.time_to_first_byte = std::chrono::microseconds{400 + 70 * round};
      seen.queue = std::chrono::microseconds{10 + round};
      measurements.observe(seen, kShop);
    }
  }
  const auto snapshot = measurements.snapshot(at_second(0));
  const std::size_t after_bytes = test::heap_bytes_in_use();
  ASSERT_GT(after_bytes, before_bytes) << "this allocator does not say what is in use";
  RecordProperty("bytes_per_histogram", std::to_string((after_bytes - before_bytes) / measurements.histogram_count()));
  EXPECT_LT(after_bytes - before_bytes, std::size_t{32} << 20U);
}

}  // namespace
}  // namespace sonde::measure
