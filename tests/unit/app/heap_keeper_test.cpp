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

TEST(HeapKeeper, counts_growth_from_what_was_left) {
  HeapKeeper keeper;
  keeper.give_back_if_grown(kStart);
  const std::vector<char> grown = more_than_enough();
  ASSERT_TRUE(keeper.give_back_if_grown(kStart + HeapKeeper::kRest));
  EXPECT_FALSE(keeper.give_back_if_grown(kStart + 2 * HeapKeeper::kRest));
}

}  // namespace
}  // namespace sonde::app
