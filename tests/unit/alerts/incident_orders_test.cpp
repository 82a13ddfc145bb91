#include <chrono>
#include <random>
#include <string>
#include <vector>

#include "alerts/incident_book.h"
#include "support/incident_story.h"

namespace sonde::alerts {
namespace {

using namespace std::chrono_literals;
using rules::Severity;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// An incident that has been told.
IncidentStory told(IncidentOptions options = {}) {
  IncidentStory story(grouped(0s, 5min, 12h), options);
  story.fires("a1");
  (void)story.take_told();
  return story;
}

Code code_of(const Result<Incident>& outcome) { return outcome ? Code::kIo : outcome.error().code; }

TEST(IncidentOrders, A01_what_is_over_cannot_be_acknowledged) {
  IncidentStory story = told();
  story.clears("a1");
  (void)story.take_told();
  const auto outcome = story.orders(1, IncidentAction::kAcknowledge, "ann");
  EXPECT_EQ(code_of(outcome), Code::kConflict);
  EXPECT_THAT(outcome.error().what, HasSubstr("incident #1 is resolved (version 3)"));
  EXPECT_THAT(story.take_told(), IsEmpty());
}

TEST(IncidentOrders, A02_acknowledging_twice_is_acknowledging_once) {
  IncidentStory story = told();
  const auto first = story.orders(1, IncidentAction::kAcknowledge, "ann");
  const auto second = story.orders(1, IncidentAction::kAcknowledge, "ann");
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->version, second->version);
  EXPECT_THAT(story.take_told(), ElementsAre("0 #1 acknowledged {a1}"));
  EXPECT_THAT(story.happened(1), ElementsAre("opened", "joined: a1", "acknowledged by ann"));
}

TEST(IncidentOrders, A03_of_two_people_both_are_noted_and_one_message_goes_out) {
  IncidentStory story = told();
  ASSERT_TRUE(story.orders(1, IncidentAction::kAcknowledge, "ann"));
  const auto second = story.orders(1, IncidentAction::kAcknowledge, "ben");
  ASSERT_TRUE(second);
  EXPECT_THAT(second->acknowledged_by, ElementsAre("ann", "ben"));
  EXPECT_THAT(story.take_told(), ElementsAre("0 #1 acknowledged {a1}"));
}

TEST(IncidentOrders, A04_an_acknowledgement_and_the_end_in_any_order_end_resolved) {
  std::mt19937 random(7);
  for (int round = 0; round < 1000; ++round) {
    IncidentStory story = told();
    const bool end_first = random() % 2 == 0;
    if (end_first) story.clears("a1");
    const auto outcome = story.orders(1, IncidentAction::kAcknowledge, "ann");
    EXPECT_EQ(outcome.has_value(), !end_first);
    if (!end_first) story.clears("a1");
    EXPECT_EQ(story.book.find(1)->status, IncidentStatus::kResolved);
    const auto said = story.take_told();
    EXPECT_THAT(said.back(), HasSubstr("resolved"));
    EXPECT_EQ(said.size(), end_first ? 1U : 2U);
  }
}

TEST(IncidentOrders, A05_an_order_about_an_older_version_changes_nothing) {
  IncidentStory story = told();
  const std::uint64_t seen = story.book.find(1)->version;
  ASSERT_TRUE(story.orders(1, IncidentAction::kAcknowledge, "ann"));
  const Incident before = *story.book.find(1);
  const auto stale = story.orders(1, {.action = IncidentAction::kResolve, .actor = "ben", .version = seen});
  EXPECT_EQ(code_of(stale), Code::kStale);
  EXPECT_EQ(*story.book.find(1), before);
}

TEST(IncidentOrders, E05_an_acknowledgement_ends_and_it_is_told_again) {
  IncidentStory story = told({.acknowledge_timeout = 30min});
  story.until(2min);
  ASSERT_TRUE(story.orders(1, IncidentAction::kAcknowledge, "ann"));
  story.until(40min);
  EXPECT_THAT(story.take_told(),
              ElementsAre("120 #1 acknowledged {a1}", "1920 #1 firing {a1}: acknowledgement expired"));
  EXPECT_THAT(story.happened(1),
              ElementsAre("opened", "joined: a1", "acknowledged by ann", "unacknowledged: acknowledgement expired"));
}

TEST(IncidentOrders, E05_what_is_over_before_tells_its_end_only) {
  IncidentStory story = told({.acknowledge_timeout = 30min});
  story.until(2min);
  ASSERT_TRUE(story.orders(1, IncidentAction::kAcknowledge, "ann"));
  story.until(31min + 59s);
  story.clears("a1");
  story.until(2h);
  EXPECT_THAT(story.take_told(), ElementsAre("120 #1 acknowledged {a1}", "1919 #1 resolved {-a1}: auto"));
}

TEST(IncidentOrders, what_is_critical_has_a_time_of_its_own) {
  IncidentStory story(grouped(0s, 5min, 12h));
  story.fires("a1", Severity::kCritical);
  const auto outcome = story.orders(1, IncidentAction::kAcknowledge, "ann");
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->until->elapsed - story.now().elapsed, 30min);
}

TEST(IncidentOrders, E06_a_snooze_ends_after_its_time) {
  IncidentStory story = told();
  story.until(2min);
  ASSERT_TRUE(story.orders(1, IncidentAction::kAcknowledge, "ann"));
  story.until(3min);
  ASSERT_TRUE(story.orders(1, {.action = IncidentAction::kSnooze, .actor = "ann", .length = 1h}));
  story.until(2h);
  EXPECT_THAT(story.take_told(), ElementsAre("120 #1 acknowledged {a1}", "180 #1 acknowledged {a1}: snoozed for 1h",
                                             "3780 #1 firing {a1}: snooze ended"));
}

TEST(IncidentOrders, E06_a_snooze_has_limits) {
  IncidentStory story = told();
  for (const std::chrono::seconds length : {0s, 604'801s}) {
    EXPECT_EQ(code_of(story.orders(1, {.action = IncidentAction::kSnooze, .actor = "ann", .length = length})),
              Code::kBadInput);
  }
  EXPECT_TRUE(story.orders(1, {.action = IncidentAction::kSnooze, .actor = "ann", .length = 604'800s}));
}

TEST(IncidentOrders, giving_it_back_tells_it_again) {
  IncidentStory story = told();
  ASSERT_TRUE(story.orders(1, IncidentAction::kAcknowledge, "ann"));
  ASSERT_TRUE(story.orders(1, IncidentAction::kUnacknowledge, "ben"));
  ASSERT_TRUE(story.orders(1, IncidentAction::kUnacknowledge, "ben"));
  EXPECT_THAT(story.take_told(), ElementsAre("0 #1 acknowledged {a1}", "0 #1 firing {a1}: given back by ben"));
}

TEST(IncidentOrders, what_was_resolved_by_hand_and_is_still_true_comes_back) {
  IncidentStory story = told();
  story.until(1min);
  ASSERT_TRUE(story.orders(1, IncidentAction::kResolve, "ann"));
  story.until(10min);
  EXPECT_THAT(story.take_told(),
              ElementsAre("60 #1 resolved {a1}: manual", "360 #2 firing {a1}: resolved by hand, but still true"));
  EXPECT_EQ(story.book.find(2)->previous, 1);
  story.clears("a1");
  EXPECT_THAT(story.take_told(), ElementsAre("600 #2 resolved {-a1}: auto"));
}

TEST(IncidentOrders, what_was_resolved_by_hand_and_is_over_stays_so) {
  IncidentStory story = told();
  ASSERT_TRUE(story.orders(1, IncidentAction::kResolve, "ann"));
  story.until(4min);
  story.clears("a1");
  story.until(1h);
  EXPECT_THAT(story.take_told(), ElementsAre("0 #1 resolved {a1}: manual"));
}

TEST(IncidentOrders, what_was_resolved_by_hand_comes_back_after_a_restart_too) {
  IncidentStory story = told();
  ASSERT_TRUE(story.orders(1, IncidentAction::kResolve, "ann"));
  (void)story.take_told();
  story.restart(grouped(0s, 5min, 12h));
  story.until(10min);
  EXPECT_THAT(story.take_told(), ElementsAre("300 #2 firing {a1}: resolved by hand, but still true"));
}

TEST(IncidentOrders, notes_and_assignments_are_kept_and_told_to_who_was_told) {
  IncidentStory story = told();
  ASSERT_TRUE(story.orders(1, {.action = IncidentAction::kNote, .actor = "ann", .text = "disk was full"}));
  ASSERT_TRUE(story.orders(1, {.action = IncidentAction::kAssign, .actor = "ann", .text = "ben"}));
  EXPECT_THAT(story.take_told(), ElementsAre("0 #1 noticed {a1}: disk was full", "0 #1 noticed {a1}: assigned to ben"));
  story.clears("a1");
  ASSERT_TRUE(story.orders(1, {.action = IncidentAction::kNote, .actor = "ann", .text = "grew the disk"}));
  EXPECT_THAT(story.happened(1),
              ElementsAre("opened", "joined: a1", "noted by ann: disk was full", "assigned by ann: to ben",
                          "resolved: auto", "noted by ann: grew the disk"));
}

TEST(IncidentOrders, merged_alerts_and_those_still_to_come_belong_to_the_other_incident) {
  Route root = grouped(0s, 5min, 12h);
  root.group_by = {"alertname"};
  IncidentStory story(root);
  story.fires("a1");
  story.fires("b1");
  (void)story.take_told();
  ASSERT_TRUE(story.orders(2, {.action = IncidentAction::kMerge, .actor = "ann", .into = 1}));
  story.until(10min);
  EXPECT_THAT(story.take_told(), ElementsAre("0 #2 resolved {b1}: merged", "300 #1 update {a1 b1}: new: b1"));
  story.clears("b1");
  story.until(20min);
  story.fires("b1");
  story.until(30min);
  story.clears("b1");
  story.clears("a1");
  EXPECT_THAT(story.take_told(), ElementsAre("600 #1 update {-b1 a1}: over: b1", "1200 #1 update {a1 b1}: again: b1",
                                             "1800 #1 update {-b1 a1}: over: b1", "1800 #1 resolved {-a1}: auto"));
}

TEST(IncidentOrders, what_cannot_be_merged_is_refused) {
  IncidentStory story = told();
  EXPECT_EQ(code_of(story.orders(1, {.action = IncidentAction::kMerge, .actor = "ann", .into = 1})), Code::kBadInput);
  EXPECT_EQ(code_of(story.orders(1, {.action = IncidentAction::kMerge, .actor = "ann", .into = 9})), Code::kNotFound);
}

TEST(IncidentOrders, an_order_needs_a_name_and_an_incident) {
  IncidentStory story = told();
  EXPECT_EQ(code_of(story.orders(1, IncidentAction::kAcknowledge, "")), Code::kBadInput);
  EXPECT_EQ(code_of(story.orders(2, IncidentAction::kAcknowledge, "ann")), Code::kNotFound);
  EXPECT_EQ(code_of(story.orders(1, IncidentAction::kNote, "ann")), Code::kBadInput);
}

}  // namespace
}  // namespace sonde::alerts
