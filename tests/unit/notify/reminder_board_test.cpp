#include "notify/reminder_board.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "support/sample_notification.h"

namespace sonde::notify {
namespace {

using namespace std::chrono_literals;

constexpr KernelTime kBegin{1000s};

TEST(ReminderBoard, L01_reminds_each_minute_of_what_fires_and_for_a_quarter_of_an_hour_of_what_is_over) {
  ReminderBoard board;
  EXPECT_EQ(board.next_due(), std::nullopt);
  board.note(firing(), kBegin);
  EXPECT_EQ(board.next_due(), kBegin + 1min) << "it has just been told";
  EXPECT_TRUE(board.take_due(kBegin + 59s).empty());
  for (int minute = 1; minute <= 5; ++minute) {
    const auto due = board.take_due(kBegin + std::chrono::minutes{minute});
    ASSERT_EQ(due.size(), 1u) << minute;
    EXPECT_TRUE(due[0].firing);
    EXPECT_EQ(due[0].started_at, firing().started_at);
  }
  board.note(resolved(), kBegin + 5min);
  int reminders = 0;
  for (int minute = 6; minute <= 30; ++minute) {
    for (const Notification& each : board.take_due(kBegin + std::chrono::minutes{minute})) {
      EXPECT_FALSE(each.firing);
      EXPECT_EQ(each.at, resolved().at);
      ++reminders;
    }
  }
  EXPECT_EQ(reminders, 14) << "up to the fifteenth minute";
  EXPECT_EQ(board.next_due(), std::nullopt);
}

TEST(ReminderBoard, resolves_the_old_severity_at_once_when_it_changes) {
  ReminderBoard board;
  Notification warning = firing();
  warning.severity = rules::Severity::kWarning;
  board.note(warning, kBegin);
  Notification critical = firing();
  critical.at = kSampleStart + 3min;
  board.note(critical, kBegin + 10s);
  const auto due = board.take_due(kBegin + 10s);
  ASSERT_EQ(due.size(), 2u);
  EXPECT_FALSE(due[0].firing);
  EXPECT_EQ(due[0].severity, rules::Severity::kWarning);
  EXPECT_EQ(due[0].at, critical.at);
  EXPECT_TRUE(due[1].firing);
  board.note(resolved(), kBegin + 20s);
  for (const Notification& each : board.take_due(kBegin + 5min)) EXPECT_FALSE(each.firing);
}

TEST(ReminderBoard, reminds_at_once_of_what_an_earlier_process_has_told) {
  ReminderBoard board;
  board.recall(firing(), kBegin);
  EXPECT_EQ(board.take_due(kBegin).size(), 1u);
  EXPECT_EQ(board.next_due(), kBegin + 1min);
}

}  // namespace
}  // namespace sonde::notify
