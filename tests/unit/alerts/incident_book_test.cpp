#include "alerts/incident_book.h"

#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "support/incident_story.h"

namespace sonde::alerts {
namespace {

using namespace std::chrono_literals;
using rules::Severity;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(IncidentGrouping, G01_a_group_waits_and_then_tells_at_its_interval) {
  IncidentStory story(grouped(30s, 5min));
  story.fires("a1");
  story.until(20s);
  story.fires("a2");
  story.until(40s);
  story.fires("a3");
  story.until(10min);
  EXPECT_THAT(story.take_told(), ElementsAre("30 #1 firing {a1 a2}", "330 #1 update {a1 a2 a3}: new: a3"));
}

TEST(IncidentFlapping, F01_is_told_once_with_how_often_and_its_end_closes_the_incident) {
  IncidentStory story(grouped(0s, 1s));
  story.fires("a");
  story.until(10s);
  story.flaps("a");
  story.until(20s);
  story.clears("a", "flapping ended");
  EXPECT_THAT(story.take_told(),
              ElementsAre("0 #1 firing {a}",
                          "10 #1 update {a}: flapping: a changed 5 times within 4m, and is told again when that ends",
                          "20 #1 resolved {-a}: flapping ended"));
}

TEST(IncidentFlapping, F05_that_ends_while_it_fires_is_noticed_once_and_changes_no_state) {
  IncidentStory story(grouped(0s, 1s));
  story.fires("a");
  story.until(10s);
  story.flaps("a");
  story.until(20s);
  (void)story.take_told();
  story.restart(grouped(0s, 1s));
  story.calms_down("a");
  story.until(1h);
  EXPECT_THAT(story.take_told(), ElementsAre("20 #1 noticed {a}: a has stopped changing back and forth, and fires"));
  EXPECT_EQ(story.pages().back().incident.status, IncidentStatus::kTriggered);
  story.clears("a");
  EXPECT_THAT(story.take_told(), ElementsAre("3600 #1 resolved {-a}: auto"));
}

TEST(IncidentFlapping, says_so_also_where_nobody_was_told_before) {
  IncidentStory story(grouped(0s, 1s));
  story.flaps("a");
  EXPECT_THAT(story.take_told(),
              ElementsAre("0 #1 firing {a}: flapping: a changed 5 times within 4m, and is told again when that ends"));
}

TEST(IncidentFlapping, F06_a_rise_to_critical_is_told_meanwhile) {
  IncidentStory story(grouped(0s, 1s));
  story.fires("a");
  story.until(10s);
  story.flaps("a");
  story.until(20s);
  (void)story.take_told();
  story.fires("a", Severity::kCritical);
  story.until(30s);
  EXPECT_THAT(story.take_told(), ElementsAre("20 #1 update {a}: severity raised"));
}

TEST(IncidentGrouping, G02_what_is_gone_before_the_wait_is_over_is_told_to_nobody) {
  IncidentStory story(grouped(30s, 5min));
  story.fires("a1");
  story.until(20s);
  story.clears("a1");
  story.until(10min);
  EXPECT_THAT(story.take_told(), IsEmpty());
  EXPECT_THAT(story.happened(1),
              ElementsAre("opened", "joined: a1", "resolved: auto", "unsent: over before it was told"));
}

TEST(IncidentGrouping, G03_what_is_critical_does_not_wait) {
  Route root = grouped(30s, 5min);
  root.group_wait.reset();
  root.group_interval.reset();
  root.repeat_interval.reset();
  IncidentStory story(root);
  story.fires("c1", Severity::kCritical);
  story.until(10s);
  story.fires("c2", Severity::kCritical);
  story.until(60s);
  EXPECT_THAT(story.take_told(), ElementsAre("0 #1 firing {c1}", "30 #1 update {c1 c2}: new: c2"));
}

TEST(IncidentGrouping, G04_a_part_that_is_over_is_told_with_the_next_message) {
  IncidentStory story(grouped(30s, 5min));
  story.fires("a1");
  story.fires("a2");
  story.until(40s);
  story.fires("a3");
  story.until(6min);
  (void)story.take_told();
  story.clears("a2");
  story.until(20min);
  EXPECT_THAT(story.take_told(), ElementsAre("630 #1 update {-a2 a1 a3}: over: a2"));
}

TEST(IncidentGrouping, G05_what_goes_on_is_repeated_and_not_once_somebody_has_it) {
  IncidentStory story(grouped(30s, 5min));
  story.fires("a1");
  story.until(std::chrono::hours{4} + 30s);
  EXPECT_THAT(story.take_told(), ElementsAre("30 #1 firing {a1}", "14430 #1 repeat {a1}: still firing"));
  ASSERT_TRUE(story.orders(1, {.action = IncidentAction::kAcknowledge, .actor = "ann", .length = 24h}));
  story.until(std::chrono::hours{9});
  EXPECT_THAT(story.take_told(), ElementsAre("14430 #1 acknowledged {a1}"));
}

TEST(IncidentGrouping, G07_renaming_and_reordering_routes_and_a_restart_change_nothing) {
  IncidentStory story(grouped(0s, 5min));
  story.fires("a1");
  const IncidentGroup before = story.book.find(1)->group;
  Route renamed = grouped(0s, 5min);
  renamed.receiver = "crew";
  story.restart(renamed);
  EXPECT_EQ(story.book.find(1)->group.key, before.key);
  EXPECT_EQ(story.book.find(1)->group.receiver, "crew");
  story.fires("a2");
  story.until(10min);
  story.clears("a1");
  story.clears("a2");
  EXPECT_THAT(story.take_told(), ElementsAre("0 #1 firing {a1}", "300 #1 update {a1 a2}: new: a2",
                                             "600 #1 update {-a1 a2}: over: a1", "600 #1 resolved {-a2}: auto"));
}

TEST(IncidentGrouping, each_receiver_of_a_route_that_goes_on_has_an_incident_of_its_own) {
  Route root = grouped(0s, 5min);
  Route audit;
  audit.receiver = "audit";
  audit.goes_on = true;
  Route pager;
  pager.receiver = "pager";
  root.routes = {audit, pager};
  IncidentStory story(root);
  story.fires("a1");
  story.clears("a1");
  std::multiset<std::string> receivers;
  for (const Page& page : story.pages()) receivers.insert(page.incident.group.receiver);
  EXPECT_THAT(receivers, ElementsAre("audit", "audit", "pager", "pager"));
}

TEST(IncidentGrouping, the_end_of_the_last_alert_is_told_at_once) {
  IncidentStory story(grouped(30s, 5min));
  story.fires("a1");
  story.until(60s);
  story.clears("a1");
  EXPECT_THAT(story.take_told(), ElementsAre("30 #1 firing {a1}", "60 #1 resolved {-a1}: auto"));
}

TEST(IncidentGrouping, a_change_after_a_long_quiet_time_waits_for_others_as_the_first_did) {
  IncidentStory story(grouped(30s, 5min));
  story.fires("a1");
  story.until(1h);
  story.fires("a2");
  story.until(1h + 20s);
  story.fires("a3");
  story.until(2h);
  EXPECT_THAT(story.take_told(), ElementsAre("30 #1 firing {a1}", "3630 #1 update {a1 a2 a3}: new: a2; new: a3"));
}

TEST(IncidentTimes, S02_what_a_silence_holds_is_not_told_until_it_is_over) {
  IncidentStory story(grouped(30s, 5min));
  story.fires("a1");
  story.holds("a1", {"silence x"});
  story.until(10min);
  EXPECT_THAT(story.take_told(), IsEmpty());
  story.holds("a1", {});
  story.until(11min);
  EXPECT_THAT(story.take_told(), ElementsAre("601 #1 firing {a1}"));
}

TEST(IncidentTimes, S03_the_end_of_what_was_told_is_told_though_it_is_silenced_by_now) {
  IncidentStory story(grouped(0s, 5min));
  story.fires("a1");
  story.until(5min);
  story.holds("a1", {"silence x"});
  story.until(10min);
  story.clears("a1");
  EXPECT_THAT(story.take_told(), ElementsAre("0 #1 firing {a1}", "600 #1 resolved {-a1}: auto"));
}

TEST(IncidentTimes, S11_a_silence_that_ends_pages_nobody_who_was_told_before) {
  IncidentStory story(grouped(0s, 5min, 12h));
  story.fires("a1");
  story.until(10min);
  story.holds("a1", {"maintenance x"});
  story.until(20min);
  story.holds("a1", {});
  story.until(30min);
  EXPECT_THAT(story.take_told(), ElementsAre("0 #1 firing {a1}"));
}

TEST(IncidentTimes, what_nobody_was_told_after_all_is_told_when_nothing_holds_it_any_more) {
  IncidentStory story(grouped(0s, 5min));
  story.fires("a1");
  story.holds("a1", {"silence x"});
  story.book.withhold(1);
  story.until(10min);
  story.holds("a1", {});
  story.until(11min);
  EXPECT_THAT(story.take_told(), ElementsAre("0 #1 firing {a1}", "601 #1 firing {a1}: silence expired"));
}

TEST(IncidentTimes, a_route_that_is_quiet_tells_when_its_quiet_time_is_over) {
  Route root = grouped(0s, 5min);
  Route below;
  below.receiver = "team";
  below.mute_time_intervals = {"first hour"};
  root.routes = {below};
  IncidentStory story(root);
  NamedTimeInterval hour{"first hour", {{.times = std::vector<TimeInterval::Range>{{0, 60}}}}};
  story.use(root, {hour});
  story.fires("a1");
  story.until(2h);
  EXPECT_THAT(story.take_told(), ElementsAre("3600 #1 firing {a1}: quiet time ended"));
  EXPECT_THAT(story.happened(1), ElementsAre("opened", "joined: a1", "muted: first hour"));
}

TEST(IncidentSeverity, R20_a_higher_severity_is_told_at_once_in_the_same_incident) {
  IncidentStory story(grouped(0s, 5min));
  story.fires("a1");
  story.until(50s);
  story.fires("a1", Severity::kCritical);
  story.until(4min);
  story.clears("a1");
  EXPECT_THAT(story.take_told(),
              ElementsAre("0 #1 firing {a1}", "50 #1 update {a1}: severity raised", "240 #1 resolved {-a1}: auto"));
  EXPECT_EQ(story.book.find(1)->highest, Severity::kCritical);
}

TEST(IncidentSeverity, E17_a_rise_to_critical_lifts_an_acknowledgement) {
  IncidentStory story(grouped(0s, 5min));
  story.fires("a1");
  story.until(2min);
  ASSERT_TRUE(story.orders(1, IncidentAction::kAcknowledge, "ann"));
  story.until(6min);
  story.fires("a1", Severity::kCritical);
  EXPECT_EQ(story.book.find(1)->status, IncidentStatus::kTriggered);
  EXPECT_THAT(story.take_told(),
              ElementsAre("0 #1 firing {a1}", "120 #1 acknowledged {a1}", "360 #1 update {a1}: severity raised"));
}

TEST(IncidentSeverity, whoever_was_told_by_another_way_than_now_hears_how_it_goes_on) {
  Route root = grouped(0s, 5min);
  Route critical;
  critical.receiver = "pager";
  critical.matchers = {{"severity", store::MatchOperator::kEqual, "critical"}};
  root.routes = {critical};
  IncidentStory story(root);
  story.fires("a1");
  story.until(50s);
  story.fires("a1", Severity::kCritical);
  story.until(60s);
  story.clears("a1");
  EXPECT_THAT(story.take_told(),
              ElementsAre("0 #1 firing {a1}", "50 #1 update {a1}: severity raised", "50 #2 firing {a1}",
                          "60 #1 resolved {-a1}: auto", "60 #2 resolved {-a1}: auto"));
}

TEST(IncidentReopening, A07_what_fires_again_within_a_quarter_of_an_hour_is_the_same_incident) {
  IncidentStory story(grouped(0s, 5min));
  story.fires("a1");
  story.until(10min);
  story.clears("a1");
  story.until(24min + 50s);
  story.fires("a1");
  EXPECT_THAT(story.take_told(),
              ElementsAre("0 #1 firing {a1}", "600 #1 resolved {-a1}: auto", "1490 #1 firing {a1}: reopened"));
  EXPECT_EQ(story.book.find(1)->occurrence, 2U);
}

TEST(IncidentReopening, A08_later_it_is_another_one_that_knows_the_last) {
  IncidentStory story(grouped(0s, 5min));
  story.fires("a1");
  story.until(10min);
  story.clears("a1");
  story.until(25min - 1s);
  story.until(25min);
  story.fires("a1");
  EXPECT_THAT(story.take_told(), ElementsAre("0 #1 firing {a1}", "600 #1 resolved {-a1}: auto", "1500 #2 firing {a1}"));
}

TEST(IncidentReopening, a_restart_keeps_everything_and_tells_nothing) {
  IncidentStory story(grouped(30s, 5min));
  story.fires("a1");
  story.until(20s);
  story.restart(grouped(30s, 5min));
  story.until(60s);
  story.restart(grouped(30s, 5min));
  story.until(10min);
  story.clears("a1");
  EXPECT_THAT(story.take_told(), ElementsAre("30 #1 firing {a1}", "600 #1 resolved {-a1}: auto"));
}

TEST(IncidentReopening, numbers_are_not_given_twice_though_old_incidents_are_forgotten) {
  IncidentStory story(grouped(0s, 5min));
  story.fires("a1");
  story.clears("a1");
  story.until(1h);
  EXPECT_THAT(story.book.incidents(), IsEmpty());
  story.fires("a1");
  EXPECT_NE(story.book.find(2), nullptr);
}

}  // namespace
}  // namespace sonde::alerts
