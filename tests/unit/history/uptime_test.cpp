#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "history/alert_history.h"
#include "unit/history/history_place.h"

namespace sonde::history {
namespace {

using namespace std::chrono_literals;
using probe::UptimeStep;

constexpr WallTime kNow{1'800'000'000s};

class Uptime : public testing::Test {
 protected:
  [[nodiscard]] std::unique_ptr<AlertHistory> open() const {
    std::vector<std::string> notices;
    auto history = AlertHistory::open(place_.path(), kNow, notices);
    EXPECT_TRUE(history) << history.error().what;
    return *std::move(history);
  }

  HistoryPlace place_;
};

std::vector<UptimeStep> sorted(std::vector<UptimeStep> steps) {
  std::ranges::sort(steps, {}, [](const UptimeStep& step) { return std::tuple(step.probe, step.window, step.start); });
  return steps;
}

TEST_F(Uptime, is_the_same_after_a_restart_and_the_last_counts_win) {
  const std::vector<UptimeStep> first{{"db", 0, kNow, {3, 1}}, {"web", 1, kNow, {5, 0}}, {"web", 2, kNow, {5, 0}}};
  const std::vector<UptimeStep> later{{"db", 0, kNow, {4, 1}}, {"db", 0, kNow - 1min, {6, 0}}};
  {
    const auto history = open();
    ASSERT_TRUE(history->keep_uptime(first, kNow));
    ASSERT_TRUE(history->keep_uptime(later, kNow));
  }
  const auto read = open()->uptime();
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(sorted(*read), sorted({{"db", 0, kNow - 1min, {6, 0}}, {"db", 0, kNow, {4, 1}}, first[1], first[2]}));
}

TEST_F(Uptime, is_forgotten_once_it_is_older_than_its_window) {
  const auto history = open();
  const std::vector<UptimeStep> steps{{"db", 0, kNow, {1, 0}}, {"db", 1, kNow, {1, 0}}, {"db", 2, kNow, {1, 0}}};
  ASSERT_TRUE(history->keep_uptime(steps, kNow));
  ASSERT_TRUE(history->keep_uptime({}, kNow + 1h + 2min));
  EXPECT_EQ(sorted(*history->uptime()), (std::vector{steps[1], steps[2]}));
  ASSERT_TRUE(history->keep_uptime({}, kNow + 25h));
  EXPECT_EQ(*history->uptime(), (std::vector{steps[2]}));
  ASSERT_TRUE(history->keep_uptime({}, kNow + std::chrono::days{31}));
  EXPECT_TRUE(history->uptime()->empty());
}

}  // namespace
}  // namespace sonde::history
