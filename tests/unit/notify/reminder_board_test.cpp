#include "notify/reminder_board.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "notify/notification.h"
#include "support/sample_notification.h"

namespace sonde::notify {
namespace {

using namespace std::chrono_literals;

constexpr KernelTime kBegin{1000s};

/// All alerts of what is due, whatever incident they are of.
std::vector<AlertLine> alerts_of(const std::vector<Notification>& due) {
  std::vector<AlertLine> alerts;
  for (const Notification& each : due) alerts.insert(alerts.end(), each.alerts.begin(), each.alerts.end());
  return alerts;
}

TEST(ReminderBoard, L01_reminds_each_minute_of_what_fires_and_for_a_quarter_of_an_hour_of_what_is_over) {
  ReminderBoard board;
  EXPECT_EQ(board.next_due(), std::nullopt);
  board.note(firing(), kBegin);
  EXPECT_EQ(board.next_due(), kBegin + 1min) << "it has just been told";
  EXPECT_TRUE(board.take_due(kBegin + 59s).empty());
  for (int minute = 1; minute <= 5; ++minute) {
    const auto due = alerts_of(board.take_due(kBegin + std::chrono::minutes{minute}));
    ASSERT_EQ(due.size(), 1u) << minute;
    EXPECT_TRUE(due[0].firing);
    EXPECT_EQ(due[0].started_at, firing().started_at);
  }
  board.note(resolved(), kBegin + 5min);
  int reminders = 0;
  for (int minute = 6; minute <= 30; ++minute) {
    for (const AlertLine& each : alerts_of(board.take_due(kBegin + std::chrono::minutes{minute}))) {
      EXPECT_FALSE(each.firing);
      EXPECT_EQ(each.ended_at, resolved().at);
      ++reminders;
    }
  }
  EXPECT_EQ(reminders, 14) << "up to the fifteenth minute";
  EXPECT_EQ(board.next_due(), std::nullopt);
}

TEST(ReminderBoard, resolves_the_old_severity_at_once_when_it_changes) {
  ReminderBoard board;
  Notification warning = firing();
  warning.alerts = {sample_alert("HighErrorRate", "warning")};
  board.note(warning, kBegin);
  Notification critical = firing();
  critical.at = kSampleStart + 3min;
  board.note(critical, kBegin + 10s);
  const auto due = alerts_of(board.take_due(kBegin + 10s));
  ASSERT_EQ(due.size(), 2u);
  EXPECT_TRUE(due[0].firing);
  EXPECT_FALSE(due[1].firing);
  EXPECT_EQ(due[1].labels, warning.alerts[0].labels);
  EXPECT_EQ(due[1].ended_at, critical.at);
  board.note(resolved(), kBegin + 20s);
  for (const AlertLine& each : alerts_of(board.take_due(kBegin + 5min))) EXPECT_FALSE(each.firing);
}

TEST(ReminderBoard, reminds_at_once_of_what_an_earlier_process_has_told) {
  ReminderBoard board;
  board.recall(firing(), kBegin);
  EXPECT_EQ(board.take_due(kBegin).size(), 1u);
  EXPECT_EQ(board.next_due(), kBegin + 1min);
}

TEST(ReminderBoard, knows_every_alert_of_an_incident_by_its_labels) {
  ReminderBoard board;
  board.note(group_of(3), kBegin);
  Notification update = group_of(3);
  update.kind = MessageKind::kUpdate;
  update.at = kSampleStart + 2min;
  update.alerts.pop_back();
  update.alerts.pop_back();
  board.note(update, kBegin + 2min);
  const auto due = board.take_due(kBegin + 2min);
  ASSERT_EQ(due.size(), 1u) << "of one incident";
  ASSERT_EQ(due[0].alerts.size(), 3u) << "what a message has no more is over, and not forgotten at once";
  EXPECT_EQ(due[0].incident_url, update.incident_url);
  int firing_alerts = 0;
  for (const AlertLine& alert : due[0].alerts) firing_alerts += alert.firing ? 1 : 0;
  EXPECT_EQ(due[0].alerts[0].ended_at, update.at);
  EXPECT_EQ(firing_alerts, 1);
  EXPECT_EQ(alerts_of(board.take_due(kBegin + 16min)).size(), 2u) << "the first to end is told no more";
}

TEST(ReminderBoard, ends_with_an_incident_whatever_it_had) {
  ReminderBoard board;
  board.note(group_of(3), kBegin);
  board.note(resolved(), kBegin + 10s);
  Notification other = group_of(2);
  other.dedup_key = "another";
  board.note(other, kBegin + 10s);
  Notification bare = end_of(group_of(1), kSampleStart + 1min);
  bare.dedup_key = firing().dedup_key;
  board.note(bare, kBegin + 20s);
  for (const AlertLine& alert : alerts_of(board.take_due(kBegin + 20s))) {
    const bool is_of_the_other = alert.labels == other.alerts[0].labels;
    EXPECT_TRUE(!alert.firing || is_of_the_other) << alert.labels.front().value;
  }
}

TEST(ReminderBoard, lets_the_alerts_go_on_of_an_incident_that_was_merged_into_another) {
  ReminderBoard board;
  board.note(firing(), kBegin);
  Notification merged = firing();
  merged.kind = MessageKind::kResolved;
  merged.firing = false;
  board.note(merged, kBegin + 10s);
  const auto due = alerts_of(board.take_due(kBegin + 5min));
  ASSERT_EQ(due.size(), 1u);
  EXPECT_TRUE(due[0].firing);
}

}  // namespace
}  // namespace sonde::notify
