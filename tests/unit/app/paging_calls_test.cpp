#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "app/paging.h"
#include "host/event_log.h"
#include "support/incident_story.h"

namespace sonde::app {
namespace {

using alerts::IncidentAction;
using rules::Severity;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

notify::NotifyOptions options() {
  notify::NotifyOptions options;
  for (const char* name : {"team", "ann-phone", "bob-phone", "ops"}) {
    options.channels.push_back({.name = name, .to = notify::Webhook{.url = "http://127.0.0.1:9/"}});
  }
  options.receivers = {{.name = "shop", .channels = {"team"}}};
  return options;
}

oncall::Plan plan() {
  oncall::Plan plan;
  plan.people = {{.name = "ann", .full_name = "", .contacts = {{.channel = "ann-phone"}}},
                 {.name = "bob", .full_name = "", .contacts = {{.channel = "bob-phone"}}}};
  plan.policies = {
      {.name = "critical",
       .matchers = {{"severity", store::MatchOperator::kEqual, "critical"}},
       .steps = {{.name = "1", .targets = {{oncall::TargetKind::kSchedule, "primary"}}, .wait = minutes{5}},
                 {.name = "2", .targets = {{oncall::TargetKind::kPerson, "bob"}}, .wait = minutes{5}}},
       .repeat = 0}};
  plan.catch_all = {"ops"};
  return plan;
}

/// Alerts that fire and end, second by second, and the messages that come of them.
class PagingCalls : public testing::Test {
 protected:
  PagingCalls() {
    alerts::Route root;
    root.receiver = "shop";
    root.group_by = {"alertname"};
    root.group_wait = seconds{0};
    root.group_interval = seconds{1};
    EXPECT_TRUE(
        paging.use(alerts::RoutingPlan{.root = root, .inhibit_rules = {}, .time_intervals = {}, .maintenance = {}}));
    EXPECT_TRUE(paging.use(plan(), [](const std::string& schedule, WallTime) {
      return schedule == "primary" ? std::vector<std::string>{"ann"} : std::vector<std::string>{};
    }));
  }

  void fires(Severity severity) {
    const bool rises = problem_.firing;
    problem_.labels = {{"alertname", "Down"}};
    problem_.firing = problem_.told = true;
    problem_.severity = problem_.told_severity = severity;
    problem_.highest = std::max(problem_.highest, severity);
    problem_.started_at = problem_.fired_at = now();
    tick({{rises ? alerts::NoticeKind::kSeverityUp : alerts::NoticeKind::kFiring, problem_, now(), ""}});
  }
  void clears() {
    problem_.firing = problem_.told = false;
    tick({{alerts::NoticeKind::kResolved, problem_, now(), "auto"}});
  }
  void problem_falls() { problem_.severity = Severity::kWarning; }
  void until(seconds at) {
    while (at_ < at) {
      at_ += seconds{1};
      tick({});
    }
  }
  void orders(IncidentAction action) {
    std::vector<notify::Delivery> made;
    ASSERT_TRUE(paging.order(1, {.action = action, .actor = "ann"}, now(), made));
    note(made);
  }

  /// "ann-phone firing: reason".
  std::vector<std::string> take() { return std::exchange(sent_, {}); }

  alerts::Moment now() const { return alerts::IncidentStory::moment_at(at_); }

  notify::NotifyOptions options_ = options();
  host::EventLog events_{10};
  alerts::IncidentOptions incidents_{};
  Paging paging{{options_, incidents_, events_, {}, "web1"}};

 private:
  void tick(const std::vector<alerts::Notice>& notices) {
    note(paging.advance(notices, std::vector<alerts::Problem>{problem_}, now()));
  }
  void note(const std::vector<notify::Delivery>& deliveries) {
    for (const notify::Delivery& delivery : deliveries) {
      const notify::Notification& said = *delivery.notification;
      sent_.push_back(delivery.channel + " " + std::string(name_of(said.kind)) +
                      (said.reason.empty() ? "" : ": " + said.reason));
    }
  }

  alerts::Problem problem_{};
  seconds at_{0};
  std::vector<std::string> sent_{};
};

TEST_F(PagingCalls, a_critical_incident_calls_whoever_is_on_call_besides_its_receiver) {
  fires(Severity::kCritical);
  EXPECT_THAT(take(), ElementsAre("team firing", "ann-phone firing: step 1 of critical"));
  until(minutes{6});
  EXPECT_THAT(take(), ElementsAre("bob-phone firing: step 2 of critical"));
}

TEST_F(PagingCalls, a_warning_calls_nobody_until_it_is_critical) {
  fires(Severity::kWarning);
  until(minutes{10});
  EXPECT_THAT(take(), ElementsAre("team firing"));
  fires(Severity::kCritical);
  EXPECT_THAT(take(), ElementsAre("team update: severity raised", "ann-phone firing: step 1 of critical"));
}

TEST_F(PagingCalls, what_falls_back_to_a_warning_is_still_escalated) {
  fires(Severity::kCritical);
  take();
  problem_falls();
  until(minutes{6});
  EXPECT_THAT(take(), ElementsAre("bob-phone firing: step 2 of critical"));
}

TEST_F(PagingCalls, whoever_was_called_hears_that_it_is_taken_on_and_that_it_is_over) {
  fires(Severity::kCritical);
  take();
  orders(IncidentAction::kAcknowledge);
  EXPECT_THAT(take(), UnorderedElementsAre("team acknowledged", "ann-phone acknowledged"));
  until(minutes{6});
  EXPECT_THAT(take(), IsEmpty());
  clears();
  EXPECT_THAT(take(), UnorderedElementsAre("team resolved: over", "ann-phone resolved: over"));
}

TEST_F(PagingCalls, an_acknowledgement_that_is_given_back_calls_from_the_first_on) {
  fires(Severity::kCritical);
  until(minutes{6});
  orders(IncidentAction::kAcknowledge);
  take();
  orders(IncidentAction::kUnacknowledge);
  EXPECT_THAT(take(),
              ElementsAre("team firing: given back by ann", "ann-phone firing: given back by ann: step 1 of critical"));
}

TEST_F(PagingCalls, by_hand_the_next_are_called_at_once) {
  fires(Severity::kCritical);
  take();
  orders(IncidentAction::kEscalate);
  EXPECT_THAT(take(), ElementsAre("bob-phone firing: step 2 of critical"));
}

TEST_F(PagingCalls, a_dead_channel_calls_the_next) {
  fires(Severity::kCritical);
  take();
  paging.fail({.incident = 1, .channel = "ann-phone"}, now());
  until(seconds{1});
  EXPECT_THAT(take(), ElementsAre("bob-phone firing: step 2 of critical"));
}

TEST_F(PagingCalls, the_catch_all_hears_that_nobody_has_answered) {
  fires(Severity::kCritical);
  until(minutes{11});
  EXPECT_EQ(take().back(), "ops firing: policy critical is exhausted and nobody has answered; called: ann, bob");
}

TEST_F(PagingCalls, receivers_may_name_their_policy) {
  options_.receivers[0].escalation = "critical";
  fires(Severity::kWarning);
  EXPECT_THAT(take(), ElementsAre("team firing", "ann-phone firing: step 1 of critical"));
}

TEST_F(PagingCalls, those_who_go_and_come_are_told_of_what_is_open) {
  fires(Severity::kCritical);
  take();
  const auto made = paging.announce(std::vector<Handover>{{"primary", "ann", "bob"}}, now());
  ASSERT_EQ(made.size(), 2u);
  EXPECT_EQ(made[0].channel, "ann-phone");
  EXPECT_EQ(made[1].channel, "bob-phone");
  EXPECT_TRUE(made[0].notification->notice);
  EXPECT_EQ(made[0].notification->summary, "bob is now on call for primary, ann is off duty");
  EXPECT_EQ(made[0].notification->description, "Open incidents:\n#1 critical Down (triggered)");
}

TEST_F(PagingCalls, an_escalation_that_has_stopped_is_told_once) {
  fires(Severity::kCritical);
  paging.incidents().change_escalations([](alerts::Incident& incident) { incident.escalation->next_at.reset(); });
  const auto made = paging.audit(now());
  ASSERT_EQ(made.size(), 1u);
  EXPECT_EQ(made[0].channel, "ops");
  EXPECT_EQ(made[0].notification->summary, "incident #1 is open and nobody will be called for it");
  EXPECT_THAT(paging.audit(now()), IsEmpty());
}

TEST(PagingPlan, a_matcher_that_is_none_is_refused) {
  const notify::NotifyOptions some = options();
  const host::EventLog events(10);
  const alerts::IncidentOptions incidents;
  Paging paging({some, incidents, events, {}, "web1"});
  oncall::Plan wrong = plan();
  wrong.policies[0].matchers = {{"severity", store::MatchOperator::kRegex, "("}};
  const auto used = paging.use(wrong, {});
  ASSERT_FALSE(used);
  EXPECT_THAT(used.error().what, testing::HasSubstr("policy critical"));
}

}  // namespace
}  // namespace sonde::app
