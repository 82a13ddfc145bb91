#include "host/crash_loop.h"

#include <gtest/gtest.h>

namespace sonde::host {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kNow{1'800'000'000s};
constexpr CrashLoopOptions kThreeInTenMinutes{3, 10min};

TEST(CrashLoop, begins_with_the_last_of_so_many_ends) {
  CrashLoop loop(kThreeInTenMinutes);
  EXPECT_FALSE(loop.add(kNow));
  EXPECT_FALSE(loop.add(kNow + 1min));
  EXPECT_FALSE(loop.lasts(kNow + 1min));
  EXPECT_TRUE(loop.add(kNow + 10min));
  EXPECT_TRUE(loop.lasts(kNow + 10min));
  EXPECT_EQ(loop.count(), 3u);
  EXPECT_EQ(loop.span(), 10min);
}

TEST(CrashLoop, does_not_begin_with_ends_too_far_apart) {
  CrashLoop loop(kThreeInTenMinutes);
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(loop.add(kNow + i * (5min + 1ns))) << i;
}

TEST(CrashLoop, begins_once_and_lasts_as_long_as_ends_come) {
  CrashLoop loop(kThreeInTenMinutes);
  for (int i = 0; i < 3; ++i) loop.add(kNow + i * 1s);
  for (int i = 1; i < 20; ++i) EXPECT_FALSE(loop.add(kNow + i * 9min)) << "no second beginning";
  EXPECT_TRUE(loop.lasts(kNow + 19 * 9min + 10min));
}

TEST(CrashLoop, is_over_when_none_came_for_as_long_and_may_begin_again) {
  CrashLoop loop(kThreeInTenMinutes);
  for (int i = 0; i < 3; ++i) loop.add(kNow);
  EXPECT_TRUE(loop.lasts(kNow + 10min));
  EXPECT_FALSE(loop.lasts(kNow + 10min + 1ns));
  const WallTime later = kNow + 1h;
  EXPECT_FALSE(loop.add(later));
  EXPECT_FALSE(loop.add(later));
  EXPECT_TRUE(loop.add(later));
}

TEST(CrashLoop, is_not_prolonged_by_a_clock_that_is_set_back) {
  CrashLoop loop(kThreeInTenMinutes);
  for (int i = 0; i < 3; ++i) loop.add(kNow + 24h);
  EXPECT_TRUE(loop.lasts(kNow));
  EXPECT_FALSE(loop.lasts(kNow + 11min));
}

}  // namespace
}  // namespace sonde::host
