#include "app/heap_keeper.h"

#include <gtest/gtest.h>

#include <vector>

namespace sonde::app {
namespace {

constexpr KernelTime kStart{std::chrono::hours{1}};

/// Memory that is resident, because something was written to it.
std::vector<char> more_than_enough() { return std::vector<char>(4 * HeapKeeper::kMinGrowthBytes, 'x'); }

TEST(HeapKeeper, gives_back_at_the_first_time) {
  HeapKeeper keeper;
  EXPECT_TRUE(keeper.give_back_if_grown(kStart));
}

TEST(HeapKeeper, lets_a_process_be_that_has_not_grown) {
  HeapKeeper keeper;
  keeper.give_back_if_grown(kStart);
  EXPECT_FALSE(keeper.give_back_if_grown(kStart + HeapKeeper::kRest));
}

TEST(HeapKeeper, gives_back_when_the_process_has_grown_and_some_time_has_passed) {
  HeapKeeper keeper;
  keeper.give_back_if_grown(kStart);
  const std::vector<char> grown = more_than_enough();
  EXPECT_FALSE(keeper.give_back_if_grown(kStart + HeapKeeper::kRest - std::chrono::seconds{1}));
  EXPECT_TRUE(keeper.give_back_if_grown(kStart + HeapKeeper::kRest));
}

TEST(HeapKeeper, rests_again_after_each_time) {
  HeapKeeper keeper;
  keeper.give_back_if_grown(kStart);
  const std::vector<char> grown = more_than_enough();
  ASSERT_TRUE(keeper.give_back_if_grown(kStart + HeapKeeper::kRest));
  const std::vector<char> grown_again = more_than_enough();
  EXPECT_FALSE(keeper.give_back_if_grown(kStart + HeapKeeper::kRest));
}

TEST(HeapKeeper, takes_a_process_for_larger_only_step_by_step) {
  HeapKeeper keeper;
  keeper.give_back_if_grown(kStart);
  const std::vector<char> grown = more_than_enough();
  int times = 0;
  KernelTime now = kStart + HeapKeeper::kRest;
  for (; times < 10 && keeper.give_back_if_grown(now); ++times) now += HeapKeeper::kRest;
  EXPECT_GT(times, 1);
  EXPECT_LE(times, 5);
}

}  // namespace
}  // namespace sonde::app
