#include <gtest/gtest.h>

#include <set>
#include <string>

#include "unit/alerts/story.h"

namespace sonde::alerts::test {
namespace {

using rules::NoDataPolicy;
using rules::Severity;

TEST(Alerts, N02_a_run_of_breach_error_and_no_data_keeps_its_start) {
  Story story(rule().hold(30s).no_data(NoDataPolicy::kAlert));
  story.value("+00:00", 50).value("+00:10", 95).error("+00:20").missing("+00:30").to("+01:00");
  EXPECT_EQ(story.timeline(), (Lines{"+00:10 pending", "+00:20 unanswered: nodata", "+00:40 fired: nodata"}));
  EXPECT_EQ(story.sent(), (Lines{"+00:40 firing Hot warning: nodata"}));
}

TEST(Alerts, N02_only_a_run_without_any_sample_has_its_own_time) {
  Story story(rule().hold(30s).no_data(NoDataPolicy::kAlert, 5min));
  story.value("+00:00", 50).value("+00:10", 95).missing("+00:20").to("+01:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:40 firing Hot warning: nodata"}));
}

TEST(Alerts, N02_where_nobody_knows_what_is_compared_nothing_is_missing) {
  for (const auto policy : {NoDataPolicy::kKeepLast, NoDataPolicy::kOk, NoDataPolicy::kAlert}) {
    Story story(rule().no_data(policy).without_presence());
    story.value("+00:00", 50).value("+00:10", 95).value("+01:00", 50).to("+30:00");
    EXPECT_EQ(story.sent(), (Lines{"+00:10 firing Hot warning", "+01:00 resolved Hot warning: auto"}));
  }
}

TEST(Alerts, N03_no_data_alone_has_its_own_time) {
  const auto play = [](const char* back) {
    Story story(rule().no_data(NoDataPolicy::kAlert, 60s));
    story.value("+00:00", 50).missing("+00:10").value(back, 50).to("+02:00");
    return story;
  };
  EXPECT_EQ(play("+01:10").timeline(), (Lines{"+00:10 pending: nodata", "+01:10 pending ended: auto"}));
  EXPECT_EQ(play("+01:20").sent(), (Lines{"+01:10 firing Hot warning: nodata", "+01:20 resolved Hot warning: auto"}));
}

TEST(Alerts, N03_right_after_a_start_nothing_is_missing_yet) {
  Story story(rule().no_data(NoDataPolicy::kAlert).settle(30s));
  story.value("+00:00", 50).to("+05:00");
  story.missing("+05:10").value("+05:40", 50).restart("+05:10").to("+06:00");
  EXPECT_EQ(story.timeline(), Lines{});
}

TEST(Alerts, N04_one_series_of_many_disappears) {
  Story story(rule().no_data(NoDataPolicy::kOk));
  for (const char* series : {"v{c=1}", "v{c=2}", "v{c=3}"}) story.value("+00:00", 95, series);
  story.missing("+02:00", "v{c=3}").to("+02:00");
  EXPECT_EQ(story.state("c", "3"), InstanceState::kFiring);
  story.to("+05:00");
  ASSERT_EQ(story.sent().size(), 4U);
  EXPECT_EQ(story.sent().back(), "+02:10 resolved Hot warning: missing_series");
  EXPECT_EQ(value_of(story.notices().back().problem.labels, "c"), "3");
}

TEST(Alerts, N05_a_dead_collector_is_one_alert_whatever_it_fed) {
  std::vector<ToldRule> told;
  for (int number = 0; number < 40; ++number) told.push_back(rule("Rule" + std::to_string(number)));
  told.push_back(rule("NeverThere").on("never"));
  told.push_back(rule("OfPrometheus").no_data(NoDataPolicy::kPrometheus));
  told.push_back(rule("Other").on("other"));
  Story story(told);
  story.value("+00:00", 50).value("+00:00", 50, "other").missing("+01:10").value("+20:00", 50).to("+2:00:00");
  EXPECT_EQ(story.sent(), (Lines{"+11:00 firing SondeBlind warning", "+20:00 resolved SondeBlind warning: auto"}));
  ASSERT_FALSE(story.notices().empty());
  const std::string summary = story.notices().front().problem.annotations.front().value;
  EXPECT_EQ(summary.substr(0, summary.find(", Rule")), "40 rules have had no data to judge for 10m: Rule0");
}

TEST(Alerts, N05_what_fires_without_an_answer_makes_blind_too) {
  Story story(rule());
  story.value("+00:00", 95, "v{c=1}").value("+00:00", 50, "v{c=2}").missing("+01:10", "v{c=1}").to("+30:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:00 firing Hot warning", "+11:00 firing SondeBlind warning"}));
}

TEST(Alerts, N05_a_rule_that_has_fired_and_is_quiet_is_not_blind) {
  Story story(rule());
  story.value("+00:00", 50).value("+00:10", 95).value("+01:05", 50).to("+2:00:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:10 firing Hot warning", "+01:10 resolved Hot warning: auto"}));
}

TEST(Alerts, N05_errors_blind_a_quiet_rule_too) {
  Story story(rule());
  story.value("+00:00", 50).error("+01:10").value("+20:05", 50).to("+30:00");
  EXPECT_EQ(story.sent(), (Lines{"+11:00 firing SondeBlind warning", "+20:10 resolved SondeBlind warning: auto"}));
}

TEST(Alerts, N05_little_traffic_blinds_nobody) {
  Story story(rule());
  story.value("+00:00", 50).unsure("+01:00", "3 < 10 events").to("+1:00:00");
  EXPECT_EQ(story.sent(), Lines{});
  ASSERT_EQ(story.engine().held_back().size(), 1U);
  EXPECT_EQ(story.engine().held_back().front().why, "3 < 10 events");
}

TEST(Alerts, N05_down_time_blinds_nobody) {
  Story story(rule());
  story.value("+00:00", 95).missing("+01:10").value("+2:00:30", 95).to("+01:00").restart("+2:00:00").to("+2:10:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:00 firing Hot warning"}));
}

TEST(Alerts, N07_data_that_return_below_the_threshold_resolve_once) {
  Story story(rule().no_data(NoDataPolicy::kAlert));
  story.value("+00:00", 50).missing("+00:10").value("+01:00", 50).to("+05:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:10 firing Hot warning: nodata", "+01:00 resolved Hot warning: auto"}));
}

TEST(Alerts, N08_what_is_no_number_is_no_answer) {
  for (const double value : std::initializer_list<double>{NAN, INFINITY, -INFINITY}) {
    Story story(rule().hold(30s));
    story.value("+00:00", 50).value("+00:10", 95).value("+00:20", value).value("+00:30", 95).to("+02:00");
    EXPECT_EQ(story.timeline(), (Lines{"+00:10 pending", "+00:20 unanswered: not a number", "+00:50 fired"}));
  }
}

TEST(Alerts, B02_a_short_restart_holds_back_only_what_is_new) {
  Story story(rule().hold(60s));
  story.value("+00:00", 95, "v{c=fires}").value("+05:00", 95, "v{c=waits}").value("+05:20", 95, "v{c=new}");
  story.to("+05:10").gate("+05:30", "just started").gate("+06:00", "").restart("+05:30");
  EXPECT_EQ(story.sent().size(), 1U);
  story.to("+05:50");
  EXPECT_EQ(story.sent().size(), 1U);
  EXPECT_EQ(story.standing("Hot").gated, 3U);
  ASSERT_EQ(story.engine().held_back().size(), 1U);
  EXPECT_EQ(story.engine().held_back().front().why, "just started");
  story.to("+08:00");
  EXPECT_EQ(story.sent(),
            (Lines{"+01:00 firing Hot warning", "+06:10 firing Hot warning", "+07:00 firing Hot warning"}));
}

TEST(Alerts, B05_after_a_suspend_what_was_pending_starts_again) {
  Story story(rule().hold(5min));
  story.value("+00:00", 50).value("+08:00", 95).to("+10:00").suspend_until("+2:10:00").to("+2:10:50");
  EXPECT_EQ(story.state(), InstanceState::kInactive);
  story.to("+2:20:00");
  EXPECT_EQ(story.timeline().back(), "+2:16:00 fired");
  EXPECT_EQ(story.timeline()[story.timeline().size() - 2], "+2:11:00 pending");
  EXPECT_EQ(story.sent(), (Lines{"+2:16:00 firing Hot warning"}));
}

TEST(Alerts, B05_what_fires_stays_through_a_suspend) {
  Story story(rule());
  story.value("+08:00", 95).value("+10:10", 50).to("+10:00").suspend_until("+2:10:00").to("+2:20:00");
  EXPECT_EQ(story.sent(), (Lines{"+08:00 firing Hot warning", "+2:11:00 resolved Hot warning: auto"}));
}

TEST(Alerts, B05_nor_does_a_restart_right_after_it_conclude_anything) {
  Story story(rule());
  story.value("+08:00", 95).value("+10:10", 50).to("+10:00").suspend_until("+2:10:00").to("+2:10:10");
  story.restart("+2:10:20").to("+2:20:00");
  EXPECT_EQ(story.sent(), (Lines{"+08:00 firing Hot warning", "+2:11:00 resolved Hot warning: auto"}));
}

TEST(Alerts, B05_a_long_outage_is_as_a_suspend) {
  Story story(rule().hold(5min));
  story.value("+00:00", 50).value("+08:00", 95).to("+10:00").restart("+20:00").to("+30:00");
  EXPECT_EQ(story.sent(), (Lines{"+25:00 firing Hot warning"}));
}

TEST(Alerts, B06_a_wall_clock_that_is_set_forward_hurries_nothing) {
  Story story(rule().hold(5min));
  story.value("+00:00", 50).value("+00:10", 95).to("+02:00").set_wall_clock(1h).to("+10:00");
  EXPECT_EQ(story.sent(), (Lines{"+05:10 firing Hot warning"}));
  const TimelineEntry& fired = story.entries().back();
  EXPECT_EQ(fired.at.wall - story.entries().front().at.wall, 1h + 5min);
  EXPECT_EQ(fired.at.elapsed - story.entries().front().at.elapsed, 5min);
}

TEST(Alerts, B07_a_wall_clock_that_is_set_back_delays_nothing) {
  Story story(rule().keep(60s));
  story.value("+00:00", 95).value("+01:00", 50).to("+01:30").set_wall_clock(-1h).to("+10:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:00 firing Hot warning", "+02:00 resolved Hot warning: auto"}));
}

std::vector<ToldRule> two_hundred() {
  std::vector<ToldRule> told;
  for (int number = 0; number < 200; ++number) told.push_back(rule("Rule" + std::to_string(number)));
  return told;
}

TEST(Alerts, B09_nothing_is_sent_before_every_rule_has_run) {
  Story story(two_hundred());
  story.value("+00:00", 95).first_run("Rule7", "+00:12").to("+00:00");
  EXPECT_EQ(story.sent(), Lines{});
  EXPECT_EQ(story.problem("Rule1")->held_by, (Lines{"start"}));
  story.to("+05:00");
  ASSERT_EQ(story.sent().size(), 200U);
  for (const std::string& line : story.sent()) EXPECT_EQ(line.substr(0, 6), "+00:12");
}

TEST(Alerts, B09_nor_longer_than_a_minute) {
  Story story(two_hundred());
  story.value("+00:00", 95).first_run("Rule7", "+10:00").to("+05:00");
  ASSERT_EQ(story.sent().size(), 199U);
  EXPECT_EQ(story.sent().front().substr(0, 6), "+01:00");
}

TEST(Alerts, B09_neither_is_what_is_over) {
  Story story(rule(), rule("Slow").on("s"));
  story.value("+00:00", 95).value("+02:00", 50).to("+01:00").first_run("Slow", "+05:25").restart("+05:00");
  story.to("+10:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:00 firing Hot warning", "+05:25 resolved Hot warning: auto"}));
}

TEST(Alerts, K12_for_goes_on_over_a_restart) {
  Story story(rule().hold(5min));
  story.value("+00:00", 50).value("+00:10", 95).to("+03:00").restart("+03:30").to("+10:00");
  EXPECT_EQ(story.timeline(), (Lines{"+00:10 pending", "+05:30 fired"}));
}

TEST(Alerts, K14_what_cleared_while_the_daemon_was_down_is_resolved_once) {
  Story story(rule());
  story.value("+00:10", 95).value("+02:00", 50).to("+01:00").restart("+11:00").to("+20:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:10 firing Hot warning", "+11:00 resolved Hot warning: auto"}));
}

}  // namespace
}  // namespace sonde::alerts::test
