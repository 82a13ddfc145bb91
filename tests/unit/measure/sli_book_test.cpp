#include "measure/sli_book.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "unit/measure/exchange_fixture.h"

namespace sonde::measure {
namespace {

using namespace std::chrono_literals;
using protocol::ExchangeError;
using protocol::HttpMethod;

SliDefinition payments() {
  SliDefinition definition{.name = "payments"};
  definition.services = {"shop"};
  definition.routes = {"/pay/{id}"};
  definition.methods = {"POST"};
  return definition;
}

protocol::Exchange payment(std::uint16_t status = 200, ExchangeError error = ExchangeError::kNone) {
  protocol::Exchange made = exchange_for("/pay/7", status);
  made.method = HttpMethod::kPost;
  made.error = error;
  return made;
}

/// "GOOD/BAD" of an indicator.
std::string counts(Measurements& measurements, const std::string& sli = "payments") {
  const auto snapshot = measurements.snapshot(at_second(0));
  const auto value = [&](const char* outcome) {
    const Series* series = find_series(*snapshot, "sonde_sli_requests_total", "sli=" + sli + ",outcome=" + outcome);
    return series == nullptr ? std::string("none") : std::to_string(static_cast<int>(series->value));
  };
  return value("good") + "/" + value("bad");
}

struct OutcomeRow {
  const char* name;
  protocol::Exchange exchange;
  const char* counts;
};

class SliOutcome : public testing::TestWithParam<OutcomeRow> {};

TEST_P(SliOutcome, is_as_it_was_defined) {
  SliDefinition definition = payments();
  definition.good_statuses = {{200, 299}, {402, 402}};
  definition.ignored_statuses = {{400, 401}};
  definition.good_within = 5ms;
  Measurements measurements({.slis = {definition}}, test_vocabulary());
  measurements.observe(GetParam().exchange, kShop);
  EXPECT_EQ(counts(measurements), GetParam().counts);
}

protocol::Exchange with_method(protocol::Exchange exchange, HttpMethod method) {
  exchange.method = method;
  return exchange;
}

protocol::Exchange with_duration(protocol::Exchange exchange, std::chrono::nanoseconds duration) {
  exchange.duration = duration;
  return exchange;
}

protocol::Exchange with_path(protocol::Exchange exchange, std::string_view path) {
  exchange.path = path;
  return exchange;
}

protocol::Exchange as_client(protocol::Exchange exchange) {
  exchange.role = protocol::Role::kClient;
  return exchange;
}

INSTANTIATE_TEST_SUITE_P(
    Exchanges, SliOutcome,
    testing::Values(OutcomeRow{"good", payment(), "1/0"}, OutcomeRow{"one_of_the_list", payment(402), "1/0"},
                    OutcomeRow{"server_error", payment(503), "0/1"}, OutcomeRow{"no_good_status", payment(404), "0/1"},
                    OutcomeRow{"ignored", payment(401), "0/0"},
                    OutcomeRow{"as_slow_as_it_may_be", with_duration(payment(), 5ms), "1/0"},
                    OutcomeRow{"too_slow", with_duration(payment(), 5ms + 1ns), "0/1"},
                    OutcomeRow{"slow_and_ignored", with_duration(payment(400), 1s), "0/0"},
                    OutcomeRow{"closed_by_the_server", payment(0, ExchangeError::kConnectionClosed), "0/1"},
                    OutcomeRow{"closed_in_mid_response", payment(200, ExchangeError::kConnectionClosed), "0/1"},
                    OutcomeRow{"no_http", payment(0, ExchangeError::kBadResponse), "0/1"},
                    OutcomeRow{"the_client_left", payment(0, ExchangeError::kConnectionReset), "0/0"},
                    OutcomeRow{"the_client_is_gone", payment(200, ExchangeError::kTimeout), "0/0"},
                    OutcomeRow{"another_method", with_method(payment(), HttpMethod::kGet), "0/0"},
                    OutcomeRow{"another_route", with_path(payment(), "/pay"), "0/0"},
                    OutcomeRow{"sent_by_the_service", as_client(payment()), "0/0"}),
    [](const auto& row) { return row.param.name; });

TEST(Slis, of_another_service_do_not_count) {
  Measurements measurements({.slis = {payments()}}, test_vocabulary());
  measurements.observe(payment(), {"billing", 2, 8080});
  EXPECT_EQ(counts(measurements), "0/0");
}

TEST(Slis, count_from_zero_and_say_what_they_are_to_be) {
  SliDefinition everything{.name = "all"};
  everything.objective = 0.95;
  Measurements measurements({.slis = {payments(), everything}}, test_vocabulary());
  EXPECT_EQ(counts(measurements), "0/0") << "before any request";
  measurements.observe(exchange_for("/"), kShop);
  EXPECT_EQ(counts(measurements), "0/0");
  EXPECT_EQ(counts(measurements, "all"), "1/0");
  measurements.observe(payment(503), kShop);
  measurements.observe(payment(503), kShop);
  EXPECT_EQ(counts(measurements), "0/2");
  EXPECT_EQ(counts(measurements, "all"), "1/2");
  const auto snapshot = measurements.snapshot(at_second(1));
  EXPECT_EQ(find_series(*snapshot, "sonde_sli_objective_ratio", "sli=all")->value, 0.95);
}

TEST(Slis, count_what_there_is_no_room_for_as_a_series) {
  Measurements measurements({.max_series = 1, .max_routes_per_service = 1, .slis = {payments()}}, test_vocabulary());
  measurements.observe(exchange_for("/first"), kShop);
  for (int i = 0; i < 3; ++i) measurements.observe(payment(), kShop);
  const std::string long_path = "/pay/" + std::string(200, '7');
  measurements.observe(with_path(payment(503), long_path), kShop);
  EXPECT_EQ(counts(measurements), "3/1");
}

}  // namespace
}  // namespace sonde::measure
