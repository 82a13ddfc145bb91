#include "probe/schedule.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace sonde::probe {
namespace {

using namespace std::chrono_literals;

constexpr KernelTime kStart{1'000s};

/// When each target is due before `to`, looked at each millisecond.
std::map<std::size_t, std::vector<std::chrono::nanoseconds>> turns(Schedule& schedule, std::chrono::nanoseconds to) {
  std::map<std::size_t, std::vector<std::chrono::nanoseconds>> found;
  for (std::chrono::nanoseconds now{0}; now < to; now += 1ms) {
    while (const auto due = schedule.pop(kStart + now)) found[due->target].push_back(now - due->late);
  }
  return found;
}

TEST(Schedule, asks_each_target_once_an_interval_on_its_own_grid) {
  Schedule schedule({60s, 60s, 60s}, kStart);
  const auto found = turns(schedule, 200s);
  using Times = std::vector<std::chrono::nanoseconds>;
  EXPECT_EQ(found.at(0), (Times{0s, 60s, 120s, 180s}));
  EXPECT_EQ(found.at(1), (Times{std::chrono::nanoseconds(10s) / 3, 20s, 80s, 140s})) << "first soon, then on the grid";
  EXPECT_EQ(found.at(2), (Times{std::chrono::nanoseconds(20s) / 3, 40s, 100s, 160s}));
}

TEST(Schedule, spreads_hundreds_of_targets_evenly) {
  constexpr std::size_t kTargets = 500;
  Schedule schedule(std::vector<std::chrono::nanoseconds>(kTargets, 1s), kStart);
  for (std::chrono::nanoseconds now{0}; now < 5s; now += 10ms) {
    int at_once = 0;
    while (schedule.pop(kStart + now)) ++at_once;
    EXPECT_LE(at_once, 6) << "500 a second are 5 in 10 ms";
  }
}

TEST(Schedule, a_late_look_moves_nothing_and_skips_what_went_by) {
  Schedule schedule({10s}, kStart);
  EXPECT_TRUE(schedule.pop(kStart));
  EXPECT_FALSE(schedule.pop(kStart + 9s));
  const auto late = schedule.pop(kStart + 34s);
  ASSERT_TRUE(late);
  EXPECT_EQ(late->late, 24s);
  EXPECT_EQ(late->skipped, 2U) << "at 20 and 30 s";
  EXPECT_FALSE(schedule.pop(kStart + 34s)) << "what went by is not made up for";
  EXPECT_EQ(schedule.next(), kStart + 40s);
}

TEST(Schedule, of_nothing_has_no_next) {
  Schedule schedule({}, kStart);
  EXPECT_FALSE(schedule.next());
  EXPECT_FALSE(schedule.pop(kStart));
}

}  // namespace
}  // namespace sonde::probe
