// A child saves without pause; the parent kills it at random moments and looks at what is left.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "support/killed_child.h"
#include "unit/history/history_place.h"
#include "unit/history/random_snapshot.h"

namespace sonde::history {
namespace {

using namespace std::chrono_literals;
using test::KilledChild;

/// How often each test kills: SONDE_HISTORY_KILLS, for whoever wants to be surer.
int kills() {
  const char* given = std::getenv("SONDE_HISTORY_KILLS");
  return given == nullptr ? 40 : std::atoi(given);
}

/// What the save `round` writes; quiet_until says which one it is.
alerts::Snapshot snapshot_of(std::int64_t round) {
  alerts::Snapshot snapshot = RandomAlerts(static_cast<std::uint64_t>(round / 8)).snapshot(30);
  RandomAlerts random(static_cast<std::uint64_t>(round) + 1'000'000);
  for (alerts::Instance& instance : snapshot.instances) {
    if (random.coin()) instance.value = random.number();
  }
  if (!snapshot.problems.empty()) snapshot.problems.erase(snapshot.problems.begin());
  snapshot.quiet_until = std::chrono::nanoseconds{round};
  return snapshot;
}

std::int64_t entries_in(std::int64_t round) { return round % 4; }

std::vector<alerts::TimelineEntry> entries_of(std::int64_t round) {
  RandomAlerts random(static_cast<std::uint64_t>(round) + 2'000'000);
  std::vector<alerts::TimelineEntry> entries;
  for (std::int64_t i = 0; i < entries_in(round); ++i) entries.push_back(random.entry());
  return entries;
}

/// Runs until it is killed. Writes each round to `out` once it is saved.
[[noreturn]] void run_child(const std::string& path, std::int64_t round, int out) {
  std::vector<std::string> notices;
  auto history = AlertHistory::open(path, kNow, notices);
  if (!history || !notices.empty()) std::_Exit(2);
  if (!(*history)->load()) std::_Exit(3);
  for (;; ++round) {
    if (!(*history)->save(snapshot_of(round), entries_of(round), mark_at(round * 1s))) std::_Exit(4);
    KilledChild::acknowledge(out, round);
  }
}

/// Every line of the rounds up to `last` is there, once and in order.
void expect_timeline(const AlertHistory& history, std::int64_t from_round, std::int64_t last, std::int64_t& last_id) {
  const auto stored = history.entries_after(last_id, 1'000'000);
  ASSERT_TRUE(stored) << stored.error().what;
  auto line = stored->begin();
  for (std::int64_t round = from_round; round <= last; ++round) {
    for (const alerts::TimelineEntry& entry : entries_of(round)) {
      ASSERT_NE(line, stored->end()) << round;
      ASSERT_EQ(line->id, ++last_id);
      ASSERT_TRUE(equal_to_the_bit(line->entry, entry)) << round;
      ++line;
    }
  }
  ASSERT_EQ(line, stored->end());
}

TEST(Kill, at_no_moment_is_anything_lost_that_was_saved_nor_half_of_it_there) {
  const HistoryPlace place;
  std::mt19937_64 random(20'270'115);
  std::int64_t next_round = 1;
  std::int64_t last_id = 0;
  std::int64_t between = 0;
  for (int i = 0; i < kills(); ++i) {
    KilledChild child([&](int out) { run_child(place.path(), next_round, out); });
    child.let_work(std::chrono::microseconds{random() % 15'000});
    const std::int64_t acknowledged = child.kill();
    ASSERT_GE(acknowledged, next_round) << i;

    const auto history = place.open();
    ASSERT_NE(history, nullptr);
    const auto left = history->load();
    ASSERT_TRUE(left && left->notices.empty()) << i;
    const std::int64_t round = left->snapshot.quiet_until.count();
    ASSERT_TRUE(round == acknowledged || round == acknowledged + 1) << round << " after " << acknowledged;
    between += round - acknowledged;
    ASSERT_TRUE(equal_to_the_bit(left->snapshot, snapshot_of(round))) << i;
    ASSERT_EQ(left->clock, mark_at(round * 1s));
    ASSERT_NO_FATAL_FAILURE(expect_timeline(*history, next_round, round, last_id)) << i;
    next_round = round + 1;
  }
  RecordProperty("saves", static_cast<int>(next_round));
  std::printf("%d kills, %lld saves, %lld of them whole but not acknowledged\n", kills(),
              static_cast<long long>(next_round - 1), static_cast<long long>(between));
}

TEST(Kill, at_no_moment_of_the_first_start_is_the_file_half_made) {
  std::mt19937_64 random(3);
  for (int i = 0; i < kills(); ++i) {
    const HistoryPlace place;
    KilledChild child([&](int out) { run_child(place.path(), 1, out); });
    ::usleep(static_cast<useconds_t>(random() % 30'000));
    const std::int64_t acknowledged = std::max<std::int64_t>(child.kill(), 0);
    const auto history = place.open();
    ASSERT_NE(history, nullptr);
    const auto left = history->load();
    ASSERT_TRUE(left && left->notices.empty()) << i;
    const std::int64_t round = left->snapshot.quiet_until.count();
    ASSERT_TRUE(round == acknowledged || round == acknowledged + 1) << round << " after " << acknowledged;
  }
}

}  // namespace
}  // namespace sonde::history
