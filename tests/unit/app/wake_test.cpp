#include "app/wake.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "base/unique_fd.h"

namespace sonde::app {
namespace {

using namespace std::chrono_literals;

/// A sleep that nothing ends would hold the test up until its own time limit.
constexpr auto kForGood = 1h;

TEST(Wake, a_sleeper_is_woken_by_another_thread_also_before_it_sleeps) {
  const auto wake = Wake::create();
  ASSERT_TRUE(wake);
  const std::jthread waker([&] { wake->up(); });
  wake->sleep({-1, -1}, kForGood);
}

TEST(Wake, a_sleeper_is_woken_by_either_descriptor) {
  const auto wake = Wake::create();
  ASSERT_TRUE(wake);
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const UniqueFd reader(ends[0]);
  const UniqueFd writer(ends[1]);
  ASSERT_EQ(::write(writer.get(), "x", 1), 1);
  wake->sleep({reader.get(), -1}, kForGood);
  wake->sleep({-1, reader.get()}, kForGood);
}

TEST(Wake, a_time_that_is_over_is_no_sleep) {
  const auto wake = Wake::create();
  ASSERT_TRUE(wake);
  wake->sleep({-1, -1}, -1s);
  wake->sleep({-1, -1}, 0s);
}

}  // namespace
}  // namespace sonde::app
