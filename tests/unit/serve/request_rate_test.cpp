#include "serve/request_rate.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "support/fake_clock.h"

namespace sonde::serve {
namespace {

using namespace std::chrono_literals;

TEST(RequestRate, gives_a_burst_and_then_so_many_a_second) {
  test::FakeClock clock;
  RequestRate rate({.per_second = 2, .burst = 3}, clock);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(rate.take("a"));
  EXPECT_FALSE(rate.take("a"));
  EXPECT_TRUE(rate.take("b"));
  clock.advance(500ms);
  EXPECT_TRUE(rate.has_room("a"));
  EXPECT_TRUE(rate.take("a"));
  EXPECT_FALSE(rate.take("a"));
  clock.advance(1h);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(rate.take("a"));
  EXPECT_FALSE(rate.take("a"));
}

TEST(RequestRate, is_not_moved_by_the_wall_clock) {
  test::FakeClock clock;
  RequestRate rate({.per_second = 1, .burst = 1}, clock);
  EXPECT_TRUE(rate.take("a"));
  clock.step_wall(1h);
  EXPECT_FALSE(rate.take("a"));
}

TEST(RequestRate, remembers_those_it_saw_last) {
  test::FakeClock clock;
  RequestRate rate({.per_second = 1, .burst = 1}, clock, 2);
  EXPECT_TRUE(rate.take("a"));
  EXPECT_TRUE(rate.take("b"));
  EXPECT_FALSE(rate.take("a"));
  EXPECT_TRUE(rate.take("c"));  // forgets b, not a
  EXPECT_FALSE(rate.take("a"));
  EXPECT_TRUE(rate.take("b"));
}

}  // namespace
}  // namespace sonde::serve
