#include "app/prometheus_gate.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <optional>
#include <stop_token>

namespace sonde::app {
namespace {

using namespace std::chrono_literals;

TEST(QueryGate, lets_so_many_in_and_the_next_when_one_leaves) {
  QueryGate gate(2);
  std::optional first = gate.enter(1h, {});
  const auto second = gate.enter(1h, {});
  ASSERT_TRUE(*first && second);
  auto third = std::async(std::launch::async, [&] { return gate.enter(1h, {}).has_value(); });
  first.reset();
  EXPECT_TRUE(third.get());
}

TEST(QueryGate, lets_nobody_wait_for_longer_than_their_patience) {
  QueryGate gate(1);
  const auto first = gate.enter(1h, {});
  const auto second = gate.enter(1ms, {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, promql::QueryErrorKind::kTimeout);
  EXPECT_EQ(second.error().what, "query timed out in query queue");
}

TEST(QueryGate, sends_those_who_wait_away_when_it_stops) {
  QueryGate gate(1);
  const auto first = gate.enter(1h, {});
  std::stop_source stop;
  auto second = std::async(std::launch::async, [&] { return gate.enter(1h, stop.get_token()).error(); });
  stop.request_stop();
  EXPECT_EQ(second.get().kind, promql::QueryErrorKind::kCanceled);
}

}  // namespace
}  // namespace sonde::app
