#include "measure/measurements.h"

#include <gtest/gtest.h>

#include "unit/measure/exchange_fixture.h"

namespace sonde::measure {
namespace {

using protocol::ExchangeError;
using protocol::HttpMethod;
using protocol::Role;

struct LabelRow {
  const char* name;
  Role role;
  HttpMethod method;
  std::uint16_t status;
  ExchangeError error;
  const char* labels;
};

class LabelCase : public testing::TestWithParam<LabelRow> {};

TEST_P(LabelCase, follows_the_semantic_conventions) {
  Measurements measurements({}, test_vocabulary());
  protocol::Exchange seen = exchange_for("/users/7", GetParam().status);
  seen.role = GetParam().role;
  seen.method = GetParam().method;
  seen.error = GetParam().error;
  measurements.observe(seen, kShop);
  const auto snapshot = measurements.snapshot(at_second(0));
  const auto family = GetParam().role == Role::kServer ? kHttpServerDuration : kHttpClientDuration;
  ASSERT_NE(find_family(*snapshot, family), nullptr);
  EXPECT_EQ(text_of(*find_family(*snapshot, family)->series.front().identity), GetParam().labels);
}

constexpr auto kNone = ExchangeError::kNone;
constexpr auto kReset = ExchangeError::kConnectionReset;
INSTANTIATE_TEST_SUITE_P(
    Exchanges, LabelCase,
    testing::Values(
        LabelRow{"server_200", Role::kServer, HttpMethod::kGet, 200, kNone,
                 "service_name=shop,http_request_method=GET,http_route=/users/{id},http_response_status_code=200,"
                 "server_port=8080"},
        LabelRow{"server_404_is_no_error", Role::kServer, HttpMethod::kPost, 404, kNone,
                 "service_name=shop,http_request_method=POST,http_route=/users/{id},http_response_status_code=404,"
                 "server_port=8080"},
        LabelRow{"server_503_is_its_own_error", Role::kServer, HttpMethod::kGet, 503, kNone,
                 "service_name=shop,http_request_method=GET,http_route=/users/{id},http_response_status_code=503,"
                 "server_port=8080,error_type=503"},
        LabelRow{"server_without_response", Role::kServer, HttpMethod::kGet, 0, kReset,
                 "service_name=shop,http_request_method=GET,http_route=/users/{id},server_port=8080,"
                 "error_type=connection_reset"},
        LabelRow{"server_reset_in_mid_response", Role::kServer, HttpMethod::kGet, 500, kReset,
                 "service_name=shop,http_request_method=GET,http_route=/users/{id},http_response_status_code=500,"
                 "server_port=8080,error_type=connection_reset"},
        LabelRow{"client_has_no_route", Role::kClient, HttpMethod::kOther, 200, kNone,
                 "service_name=shop,http_request_method=_OTHER,http_response_status_code=200,server_port=8080"},
        LabelRow{"client_404_is_an_error", Role::kClient, HttpMethod::kGet, 404, kNone,
                 "service_name=shop,http_request_method=GET,http_response_status_code=404,server_port=8080,"
                 "error_type=404"}),
    [](const auto& row) { return row.param.name; });

TEST(Measurements, keeps_first_byte_and_queue_time_per_method_and_route_only) {
  Measurements measurements({}, test_vocabulary());
  for (const std::uint16_t status : {200, 404, 503, 0}) measurements.observe(exchange_for("/a", status), kShop);
  const auto snapshot = measurements.snapshot(at_second(0));
  constexpr const char* kLabels = "service_name=shop,http_request_method=GET,http_route=/a,server_port=8080";
  ASSERT_NE(find_series(*snapshot, kHttpServerFirstByte, kLabels), nullptr);
  EXPECT_EQ(find_series(*snapshot, kHttpServerFirstByte, kLabels)->histogram->count, 3u) << "one had no response";
  ASSERT_NE(find_series(*snapshot, kHttpServerQueue, kLabels), nullptr);
  EXPECT_EQ(find_series(*snapshot, kHttpServerQueue, kLabels)->histogram->count, 4u);
  EXPECT_EQ(find_family(*snapshot, kHttpServerDuration)->series.size(), 4u);
}

TEST(Measurements, gives_clients_a_duration_and_nothing_else) {
  Measurements measurements({}, test_vocabulary());
  protocol::Exchange sent = exchange_for("/a");
  sent.role = Role::kClient;
  measurements.observe(sent, kShop);
  sent.path = "/b";
  measurements.observe(sent, kShop);
  const auto snapshot = measurements.snapshot(at_second(0));
  EXPECT_EQ(find_family(*snapshot, kHttpClientDuration)->series.size(), 1u);
  EXPECT_EQ(find_family(*snapshot, kHttpClientDuration)->series.front().histogram->count, 2u);
  EXPECT_EQ(find_family(*snapshot, kHttpServerDuration), nullptr);
  EXPECT_EQ(find_family(*snapshot, kHttpServerFirstByte), nullptr);
  EXPECT_EQ(find_family(*snapshot, kHttpServerQueue), nullptr);
}

TEST(Measurements, puts_each_time_into_its_own_family) {
  Measurements measurements({}, test_vocabulary());
  measurements.observe(exchange_for("/a"), kShop);
  const auto snapshot = measurements.snapshot(at_second(0));
  EXPECT_DOUBLE_EQ(find_family(*snapshot, kHttpServerDuration)->series.front().histogram->sum_seconds, 0.003);
  EXPECT_DOUBLE_EQ(find_family(*snapshot, kHttpServerFirstByte)->series.front().histogram->sum_seconds, 0.002);
  EXPECT_DOUBLE_EQ(find_family(*snapshot, kHttpServerQueue)->series.front().histogram->sum_seconds, 0.00005);
}

TEST(Measurements, sums_bytes_by_service_and_role) {
  Measurements measurements({}, test_vocabulary());
  protocol::Exchange sent = exchange_for("/a");
  measurements.observe(sent, kShop);
  measurements.observe(exchange_for("/b", 500), kShop);
  sent.role = Role::kClient;
  measurements.observe(sent, kShop);
  const auto snapshot = measurements.snapshot(at_second(0));
  const auto value = [&](const char* family, const char* role) {
    const Series* series = find_series(*snapshot, family, std::string("service_name=shop,role=") + role);
    return series == nullptr ? -1.0 : series->value;
  };
  EXPECT_EQ(value("sonde_http_request_bytes_total", "server"), 200);
  EXPECT_EQ(value("sonde_http_response_bytes_total", "server"), 500);
  EXPECT_EQ(value("sonde_http_request_bytes_total", "client"), 100);
  EXPECT_EQ(value("sonde_http_response_bytes_total", "client"), 250);
}

TEST(Measurements, tells_apart_paths_that_differ_in_one_byte_anywhere) {
  Measurements measurements({}, test_vocabulary());
  const std::string path = "/a/rather/long/path/of/more/than/three/words";
  for (int round = 0; round < 3; ++round) {
    measurements.observe(exchange_for(path), kShop);
    for (std::size_t i = 1; i < path.size(); ++i) {
      std::string other = path;
      other[i] = '_';
      measurements.observe(exchange_for(other), kShop);
    }
  }
  const auto snapshot = measurements.snapshot(at_second(0));
  const Family& family = *find_family(*snapshot, kHttpServerDuration);
  EXPECT_EQ(family.series.size(), path.size());
  for (const Series& series : family.series) EXPECT_EQ(series.histogram->count, 3u);
}

TEST(Measurements, measures_paths_longer_than_the_cache_holds) {
  Measurements measurements({}, test_vocabulary());
  const std::string path = "/" + std::string(4000, 'p');
  for (int i = 0; i < 3; ++i) measurements.observe(exchange_for(path), kShop);
  measurements.observe(exchange_for(path + "q"), kShop);
  const auto snapshot = measurements.snapshot(at_second(0));
  EXPECT_EQ(find_family(*snapshot, kHttpServerDuration)->series.size(), 2u);
  EXPECT_EQ(find_family(*snapshot, kHttpServerDuration)->series.front().histogram->count, 3u);
}

TEST(Measurements, makes_one_series_of_services_that_share_a_name) {
  Measurements measurements({}, test_vocabulary());
  measurements.observe(exchange_for("/a"), ServiceContext{"shop", 1, 80});
  measurements.observe(exchange_for("/a"), ServiceContext{"shop", 2, 80});
  measurements.observe(exchange_for("/a"), ServiceContext{"till", 3, 80});
  measurements.observe(exchange_for("/a"), ServiceContext{"shop", 1, 81});
  const auto snapshot = measurements.snapshot(at_second(0));
  const Family& family = *find_family(*snapshot, kHttpServerDuration);
  ASSERT_EQ(family.series.size(), 3u);
  EXPECT_EQ(family.series.front().histogram->count, 2u);
}

TEST(Measurements, makes_one_series_of_routes_that_read_alike_once_sanitised) {
  Measurements measurements({}, test_vocabulary());
  measurements.observe(exchange_for("/\x80"), kShop);
  measurements.observe(exchange_for("/\x81"), kShop);
  measurements.observe(exchange_for("/\xEF\xBF\xBD"), kShop);
  const auto snapshot = measurements.snapshot(at_second(0));
  const Family& family = *find_family(*snapshot, kHttpServerDuration);
  ASSERT_EQ(family.series.size(), 1u);
  EXPECT_EQ(family.series.front().histogram->count, 3u);
}

}  // namespace
}  // namespace sonde::measure
