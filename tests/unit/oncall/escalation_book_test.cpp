#include "oncall/escalation_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "support/escalation_story.h"

namespace sonde::oncall {
namespace {

using alerts::IncidentAction;
using rules::Severity;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<Target> people(const std::vector<std::string>& names) {
  std::vector<Target> targets;
  for (const std::string& name : names) targets.push_back({TargetKind::kPerson, name});
  return targets;
}

TEST(Escalation, E01Ladder) {
  EscalationStory story;
  story.fires("a");
  story.until(hours{2});
  EXPECT_THAT(story.take_called(),
              ElementsAre("0:00 A", "5:00 B", "15:00 C", "30:00 A", "35:00 B", "45:00 C", "1:00:00 ops (exhausted)"));
  EXPECT_EQ(story.audited(), "");
  EXPECT_TRUE(story.incidents.book.find(1)->escalation->exhausted);
}

TEST(Escalation, E02AcknowledgedJustBefore) {
  EscalationStory story;
  story.fires("a");
  story.until(minutes{5} - seconds{1});
  story.acknowledges("A");
  story.until(minutes{20});
  EXPECT_THAT(story.take_called(), ElementsAre("0:00 A"));
}

TEST(Escalation, E05AcknowledgementExpires) {
  EscalationStory story;
  story.fires("a");
  story.until(minutes{2});
  story.acknowledges("A");
  story.take_called();
  story.until(minutes{38});
  EXPECT_THAT(story.take_called(), ElementsAre("32:00 A", "37:00 B"));
  EXPECT_THAT(story.reasons(), Contains("acknowledgement expired: step 1 of P1"));
}

TEST(Escalation, E05ClearedBeforeTheAcknowledgementExpires) {
  EscalationStory story;
  story.fires("a");
  story.until(minutes{2});
  story.acknowledges("A");
  story.take_called();
  story.until(minutes{31});
  story.clears("a");
  story.until(hours{1});
  EXPECT_THAT(story.take_called(), IsEmpty());
}

TEST(Escalation, E06Snooze) {
  EscalationStory story;
  story.fires("a");
  story.until(minutes{2});
  story.acknowledges("A");
  story.until(minutes{3});
  ASSERT_TRUE(story.orders(1, {.action = IncidentAction::kSnooze, .actor = "A", .length = hours{1}}));
  story.take_called();
  story.until(minutes{64});
  EXPECT_THAT(story.take_called(), ElementsAre("1:03:00 A"));
}

TEST(Escalation, E07NobodyOnCall) {
  Plan plan = plan_p1();
  plan.policies[0].steps[0].targets = {{TargetKind::kSchedule, "primary"}};
  EscalationStory story(plan);
  story.fires("a");
  story.until(minutes{11});
  EXPECT_THAT(story.take_called(), ElementsAre("0:00 ops (nobody)", "0:00 B", "10:00 C"));
  EXPECT_EQ(story.timeline().front().change, alerts::Change::kNobodyOnCall);
}

TEST(Escalation, WhoeverIsOnCallWhenTheStepIsDueIsCalled) {
  Plan plan = plan_p1();
  plan.policies[0].steps[1].targets = {{TargetKind::kSchedule, "primary"}};
  EscalationStory story(plan);
  story.on_call["primary"] = {"B"};
  story.fires("a");
  story.until(minutes{4});
  story.on_call["primary"] = {"C"};
  story.until(minutes{6});
  EXPECT_THAT(story.take_called(), ElementsAre("0:00 A", "5:00 C"));
}

TEST(Escalation, E10DeadDestination) {
  EscalationStory story;
  story.fires("a");
  story.until(seconds{1});
  story.fails("A-phone");
  story.until(minutes{11});
  EXPECT_THAT(story.take_called(), ElementsAre("0:00 A", "0:02 B", "10:01 C"));
}

TEST(Escalation, E10OneOfTwoWaysIsDead) {
  Plan plan = plan_p1();
  plan.people[0].contacts.push_back({.channel = "A-mail", .after = minutes{3}});
  EscalationStory story(plan);
  story.fires("a");
  story.fails("A-phone");
  story.until(minutes{6});
  EXPECT_THAT(story.take_called(), ElementsAre("0:00 A", "0:01 A", "5:00 B"));
}

TEST(Escalation, E11StepDeleted) {
  EscalationStory story;
  story.fires("a");
  story.until(minutes{3});
  Plan plan = plan_p1();
  plan.policies[0].steps.erase(plan.policies[0].steps.begin() + 1);
  story.book.use(plan);
  story.until(minutes{6});
  EXPECT_THAT(story.take_called(), ElementsAre("0:00 A", "5:00 C"));
}

TEST(Escalation, E12PolicyReplaced) {
  EscalationStory story;
  story.fires("a");
  story.until(minutes{3});
  Plan plan = plan_p1();
  plan.policies = {{.name = "P2", .matchers = {}, .steps = {step_to("x", people({"C"}), minutes{7})}, .repeat = 0}};
  story.book.use(plan);
  story.policy = "P2";
  story.until(minutes{11});
  EXPECT_THAT(story.take_called(), ElementsAre("0:00 A", "3:01 C", "10:01 ops (exhausted)"));
}

TEST(Escalation, APolicyThatIsGoneIsTold) {
  EscalationStory story;
  story.fires("a");
  story.until(minutes{3});
  story.book.use({.people = {}, .schedules = {}, .policies = {}, .catch_all = {"ops"}});
  story.policy = "";
  story.until(minutes{11});
  EXPECT_THAT(story.take_called(), ElementsAre("0:00 A", "3:01 ops (exhausted)"));
}

TEST(Escalation, E13DownOverTwoSteps) {
  EscalationStory story;
  story.fires("a");
  story.until(minutes{3});
  story.sleeps_until(minutes{20});
  story.until(minutes{31});
  EXPECT_THAT(story.take_called(), ElementsAre("0:00 A", "20:00 B", "20:00 C", "30:00 A"));
  EXPECT_THAT(story.reasons(), ElementsAre("step 1 of P1", "step 2 of P1, late by 15m", "step 3 of P1, late by 5m",
                                           "step 1 of P1, round 2"));
}

TEST(Escalation, NobodyIsCalledTwiceAtOnceHoweverLongItWasDown) {
  EscalationStory story;
  story.fires("a");
  story.sleeps_until(hours{5});
  EXPECT_THAT(story.take_called(),
              ElementsAre("0:00 A", "5:00:00 B", "5:00:00 C", "5:00:00 A", "5:00:00 ops (exhausted)"));
}

Plan round_robin(const std::vector<std::string>& names) {
  Plan plan = plan_p1();
  plan.policies[0].steps = {step_to("1", people(names), minutes{60})};
  plan.policies[0].steps[0].round_robin = true;
  return plan;
}

TEST(Escalation, E14RoundRobin) {
  std::vector<RobinTurn> kept;
  std::vector<std::string> called;
  for (int incident = 0; incident < 4; ++incident) {
    EscalationStory story(round_robin({"A", "B", "C"}));
    story.book.restore(kept);
    story.fires("a");
    for (const std::string& who : story.take_called()) called.push_back(who);
    kept = story.book.turns();
  }
  EXPECT_THAT(called, ElementsAre("0:00 A", "0:00 B", "0:00 C", "0:00 A"));
}

TEST(Escalation, E14SomebodyHasLeft) {
  std::vector<RobinTurn> kept;
  std::vector<std::string> called;
  for (int incident = 0; incident < 4; ++incident) {
    EscalationStory story(incident == 0 ? round_robin({"A", "B", "C"}) : round_robin({"A", "C"}));
    story.book.restore(kept);
    story.fires("a");
    for (const std::string& who : story.take_called()) called.push_back(who);
    kept = story.book.turns();
  }
  EXPECT_THAT(called, ElementsAre("0:00 A", "0:00 C", "0:00 A", "0:00 C"));
}

TEST(Escalation, E15ByHandTwiceWithOneVersion) {
  EscalationStory story;
  story.fires("a");
  story.until(minutes{1});
  const std::uint64_t version = story.incidents.book.find(1)->version;
  const alerts::IncidentOrder order{.action = IncidentAction::kEscalate, .actor = "ann", .version = version};
  EXPECT_TRUE(story.orders(1, order));
  const auto again = story.orders(1, order);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::kStale);
  story.until(minutes{2});
  EXPECT_THAT(story.take_called(), ElementsAre("0:00 A", "1:00 B"));
}

TEST(Escalation, E16AStepWaitsForItsHours) {
  Plan plan = plan_p1();
  plan.policies[0].steps[1].active_time_intervals = {"day"};
  EscalationStory story(plan);
  story.fires("a");
  story.until(hours{1});
  EXPECT_THAT(story.take_called(), ElementsAre("0:00 A"));
  EXPECT_EQ(story.audited(), "");
  story.intervals = {"day"};
  story.until(hours{1} + minutes{11});
  EXPECT_THAT(story.take_called(), ElementsAre("1:00:01 B", "1:10:00 C"));
}

TEST(Escalation, E17ARiseLiftsAnAcknowledgement) {
  EscalationStory story;
  story.fires("a", Severity::kWarning);
  story.until(minutes{2});
  story.acknowledges("A");
  story.take_called();
  story.until(minutes{6});
  story.fires("a", Severity::kCritical);
  EXPECT_THAT(story.take_called(), ElementsAre("6:00 A"));
  EXPECT_EQ(story.reasons().back(), "severity raised: step 1 of P1");
}

TEST(Escalation, E19SomebodyIsDeletedWhileTheirStepIsDue) {
  Plan plan = plan_p1();
  plan.people.erase(plan.people.begin());
  EscalationStory story(plan);
  story.fires("a");
  EXPECT_THAT(story.take_called(), ElementsAre("0:00 ops (nobody)", "0:00 B"));
}

TEST(Escalation, E21OnePersonTwice) {
  Plan plan = plan_p1();
  plan.policies[0].steps[0].targets.push_back({TargetKind::kSchedule, "primary"});
  EscalationStory story(plan);
  story.on_call["primary"] = {"A"};
  story.fires("a");
  EXPECT_THAT(story.take_called(), ElementsAre("0:00 A"));
}

TEST(Escalation, S11APauseMovesWhatIsDue) {
  EscalationStory story;
  story.fires("a");
  story.until(minutes{10});
  story.incidents.holds("a", {"maintenance"});
  story.until(minutes{20});
  story.incidents.holds("a", {});
  story.until(minutes{26});
  EXPECT_THAT(story.take_called(), ElementsAre("0:00 A", "5:00 B", "25:00 C"));
}

TEST(Escalation, WhatIsHeldFromTheStartCallsNobodyBeforeItIsTold) {
  EscalationStory story;
  story.incidents.holds("a", {"silence 1"});
  story.fires("a");
  story.until(minutes{30});
  EXPECT_THAT(story.take_called(), IsEmpty());
  story.incidents.holds("a", {});
  story.until(minutes{36});
  EXPECT_THAT(story.take_called(), ElementsAre("30:01 A", "35:01 B"));
}

TEST(Escalation, ALesserSeveritySkipsStepsAndWays) {
  Plan plan = plan_p1();
  plan.policies[0].steps[0].at_least = Severity::kCritical;
  plan.people[1].contacts = {{.channel = "B-phone", .at_least = Severity::kCritical}, {.channel = "B-mail"}};
  EscalationStory story(plan);
  story.fires("a", Severity::kWarning);
  story.until(minutes{1});
  EXPECT_THAT(story.take_called(), ElementsAre("0:00 B"));
  EXPECT_THAT(story.incidents.book.find(1)->escalation->outstanding, ElementsAre("B-mail"));
}

TEST(Escalation, OtherWaysAreTriedLater) {
  Plan plan = plan_p1();
  plan.people[0].contacts.push_back({.channel = "A-mail", .after = minutes{2}});
  EscalationStory story(plan);
  story.fires("a");
  story.until(minutes{3});
  EXPECT_THAT(story.take_called(), ElementsAre("0:00 A", "2:00 A"));
  story.acknowledges("A");
  EXPECT_THAT(story.incidents.book.find(1)->escalation->pending, IsEmpty());
}

TEST(Escalation, AnEscalationThatHasStoppedIsMissed) {
  EscalationStory story;
  story.fires("a");
  EXPECT_EQ(story.audited(), "");
  story.incidents.jump(minutes{5} + seconds{59});
  EXPECT_EQ(story.audited(), "");
  story.incidents.jump(minutes{6} + seconds{1});
  EXPECT_EQ(story.audited(), "incident #1: step 2 of P1 was due 1m1s ago");
  story.incidents.book.change_escalations([](alerts::Incident& incident) { incident.escalation->next_at.reset(); });
  EXPECT_THAT(story.audited(), HasSubstr("nobody will be called"));
}

TEST(Escalation, NobodyIsMissedOnceSomebodyHasAcknowledged) {
  EscalationStory story;
  story.fires("a");
  story.acknowledges("A");
  story.incidents.jump(minutes{29});
  EXPECT_EQ(story.audited(), "");
}

TEST(Escalation, ItGoesOnAfterARestart) {
  EscalationStory story;
  story.fires("a");
  story.until(minutes{3});
  story.incidents.restart(alerts::grouped(seconds{0}, seconds{1}));
  story.until(minutes{16});
  EXPECT_THAT(story.take_called(), ElementsAre("0:00 A", "5:00 B", "15:00 C"));
}

}  // namespace
}  // namespace sonde::oncall
