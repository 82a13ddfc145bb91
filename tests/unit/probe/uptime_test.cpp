#include "probe/uptime.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace sonde::probe {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kNoon{1'800'014'400s};  // a whole quarter of a day

TEST(UptimeBook, counts_in_every_window) {
  UptimeBook book;
  for (int minute = 0; minute < 90; ++minute) book.add(minute >= 10, kNoon + std::chrono::minutes{minute});
  const auto counts = book.counts(kNoon + 89min);
  EXPECT_EQ(counts[0], (ProbeCounts{61, 0}));  // from 12:29 on: the edge is as exact as a step
  EXPECT_EQ(counts[1], (ProbeCounts{80, 10}));
  EXPECT_EQ(counts[2], (ProbeCounts{80, 10}));
}

TEST(UptimeBook, forgets_what_left_the_longest_window) {
  UptimeBook book;
  book.add(false, kNoon);
  book.add(true, kNoon + 25h);
  const auto counts = book.counts(kNoon + 25h);
  EXPECT_EQ(counts[0], (ProbeCounts{1, 0}));
  EXPECT_EQ(counts[1], (ProbeCounts{1, 0}));
  EXPECT_EQ(counts[2], (ProbeCounts{1, 1}));
  EXPECT_EQ(book.counts(kNoon + std::chrono::days{40})[2], ProbeCounts{});
}

TEST(UptimeBook, goes_on_after_a_restart) {
  UptimeBook before;
  before.add(true, kNoon);
  before.add(false, kNoon + 5s);
  UptimeBook after;
  for (const UptimeBook::Step& step : before.take_changes()) after.restore(step.window, step.start, step.counts);
  after.add(true, kNoon + 10s);
  for (const ProbeCounts& counts : after.counts(kNoon + 10s)) EXPECT_EQ(counts, (ProbeCounts{2, 1}));
}

TEST(UptimeBook, tells_each_changed_step_once_with_its_newest_counts) {
  UptimeBook book;
  book.add(true, kNoon);
  book.add(true, kNoon + 1s);
  book.add(false, kNoon + 61s);
  const auto first = book.take_changes();
  ASSERT_EQ(first.size(), 4U);  // two minutes, one quarter of an hour, one of a day
  EXPECT_EQ(first[0].counts, (ProbeCounts{2, 0}));
  EXPECT_EQ(first[1].start, kNoon + 1min);
  EXPECT_TRUE(book.take_changes().empty());
}

TEST(UptimeBook, does_not_count_what_a_wrong_clock_put_into_the_future) {
  UptimeBook book;
  book.add(false, kNoon + std::chrono::days{100});
  book.add(true, kNoon);
  for (const ProbeCounts& counts : book.counts(kNoon)) EXPECT_EQ(counts, (ProbeCounts{1, 0}));
}

}  // namespace
}  // namespace sonde::probe
