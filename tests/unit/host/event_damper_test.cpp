#include "host/event_damper.h"

#include <gtest/gtest.h>

namespace sonde::host {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kNow{1'800'000'000s};

/// How many events come of something that happens each `interval` for `total`.
int events_of(EventDamper damper, std::chrono::nanoseconds interval, std::chrono::nanoseconds total) {
  int events = 0;
  for (auto passed = 0ns; passed < total; passed += interval) events += damper.take(kNow + passed) == 0 ? 1 : 0;
  return events;
}

TEST(EventDamper, tells_a_burst_as_one_event_and_counts_the_rest) {
  EventDamper damper(1);
  EXPECT_EQ(damper.take(kNow), 0u);
  EXPECT_EQ(damper.take(kNow + 1s), 1u);
  EXPECT_EQ(damper.take(kNow + 9'999ms), 2u);
  EXPECT_EQ(damper.elapsed(kNow + 9'999ms), 9'999ms);
  EXPECT_EQ(damper.take(kNow + 10s), 0u);
}

TEST(EventDamper, tells_as_many_one_by_one_as_its_budget_allows) {
  EventDamper damper(3);
  EXPECT_EQ(damper.take(kNow), 0u);
  EXPECT_EQ(damper.take(kNow), 0u);
  EXPECT_EQ(damper.take(kNow), 0u);
  EXPECT_EQ(damper.take(kNow), 1u);
  EXPECT_EQ(damper.take(kNow), 2u);
}

TEST(EventDamper, tells_everything_of_what_is_rare) {
  EXPECT_EQ(events_of(EventDamper(1), 2min, 2h), 60);
  EXPECT_EQ(events_of(EventDamper(10), 1s, 9s), 9);
  EXPECT_EQ(events_of(EventDamper(10), 2s, 2h), 3'600) << "five in ten seconds are within the budget, for ever";
}

TEST(EventDamper, tells_less_and_less_of_what_never_ends) {
  EXPECT_LE(events_of(EventDamper(1), 1s, 24h), 24 * 6 + 10);
  EXPECT_LE(events_of(EventDamper(1), 30s, 24h), 24 * 6 + 10);
  EXPECT_LE(events_of(EventDamper(10), 100ms, 1h), 130);
}

TEST(EventDamper, forgets_a_habit_that_has_ended) {
  EventDamper damper(1);
  for (int i = 0; i < 3'600; ++i) damper.take(kNow + i * 1s);
  const WallTime later = kNow + 4h;
  EXPECT_EQ(damper.take(later), 0u);
  EXPECT_EQ(damper.take(later + 9s), 1u);
  EXPECT_EQ(damper.take(later + 10s), 0u) << "the span is ten seconds again";
}

TEST(EventDamper, begins_anew_when_the_clock_is_set_back) {
  EventDamper damper(1);
  damper.take(kNow);
  EXPECT_EQ(damper.take(kNow - 1h), 0u);
  EXPECT_EQ(damper.take(kNow - 1h + 1s), 1u);
  EXPECT_EQ(damper.elapsed(kNow - 2h), 0ns);
}

}  // namespace
}  // namespace sonde::host
