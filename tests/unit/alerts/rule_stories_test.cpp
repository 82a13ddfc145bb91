#include <gtest/gtest.h>

#include <set>
#include <string>

#include "unit/alerts/story.h"

namespace sonde::alerts::test {
namespace {

using rules::NoDataPolicy;
using rules::Severity;

TEST(Alerts, R01_for_fires_on_time) {
  Story story(rule().hold(30s));
  story.value("+00:00", 50).value("+00:10", 95).to("+05:00");
  EXPECT_EQ(story.timeline(), (Lines{"+00:10 pending", "+00:40 fired"}));
  EXPECT_EQ(story.sent(), (Lines{"+00:40 firing Hot warning"}));
  EXPECT_EQ(story.notices().front().problem.started_at.elapsed - Story::kStart, 10s);
}

TEST(Alerts, R02_one_false_sample_restarts_the_timer) {
  Story story(rule().hold(30s));
  story.value("+00:00", 50).value("+00:10", 95).value("+00:40", 50).value("+00:50", 95).to("+02:00");
  EXPECT_EQ(story.timeline(),
            (Lines{"+00:10 pending", "+00:40 pending ended: auto", "+00:50 pending", "+01:20 fired"}));
  EXPECT_EQ(story.sent(), (Lines{"+01:20 firing Hot warning"}));
}

TEST(Alerts, R03_for_that_is_no_multiple_of_the_interval) {
  Story story(rule().hold(25s));
  story.value("+00:00", 50).value("+00:10", 95).to("+01:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:40 firing Hot warning"}));
}

TEST(Alerts, R04_without_for_there_is_nothing_pending) {
  Story story(rule());
  story.value("+00:00", 50).value("+00:10", 95).to("+01:00");
  EXPECT_EQ(story.timeline(), (Lines{"+00:10 fired"}));
  EXPECT_EQ(story.sent(), (Lines{"+00:10 firing Hot warning"}));
}

TEST(Alerts, R05_the_comparison_is_strict) {
  Story story(rule());
  story.value("+00:00", 90).to("+1:00:00");
  EXPECT_EQ(story.timeline(), Lines{});
  EXPECT_EQ(story.sent(), Lines{});
}

TEST(Alerts, R06_keep_firing_for) {
  Story story(rule().keep(60s));
  story.value("+00:00", 95).value("+01:00", 50).value("+01:30", 95).value("+02:10", 50).to("+10:00");
  EXPECT_EQ(story.timeline(), (Lines{"+00:00 fired", "+01:00 recovering: auto", "+01:30 refired",
                                     "+02:10 recovering: auto", "+03:10 cleared: auto"}));
  EXPECT_EQ(story.sent(), (Lines{"+00:00 firing Hot warning", "+03:10 resolved Hot warning: auto"}));
}

TEST(Alerts, R06_time_without_an_answer_does_not_count_for_it) {
  Story story(rule().keep(60s));
  story.value("+00:00", 95).value("+01:00", 50).error("+01:30").value("+01:50", 50).to("+10:00");
  EXPECT_EQ(story.sent().back(), "+02:20 resolved Hot warning: auto");
}

TEST(Alerts, R07_an_alert_that_comes_back_keeps_firing_longer) {
  Story story(rule().keep(15min).keep_grows(1.5));
  story.value("+00:00", 95).value("+10:00", 50).value("+20:00", 95).value("+30:00", 50).value("+50:00", 95);
  story.value("+1:00:00", 50).to("+2:00:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:00 firing Hot warning", "+1:33:50 resolved Hot warning: auto"}));
}

TEST(Alerts, R07_not_longer_than_an_hour) {
  Story story(rule().keep(15min).keep_grows(1.5));
  story.value("+00:00", 95);
  for (const char* time : {"+01:00", "+03:00", "+05:00", "+07:00", "+09:00"}) {
    story.value(time, 50).value(clock_text(at(time) + 60s), 95);
  }
  story.value("+11:00", 50).to("+2:00:00");
  EXPECT_EQ(story.sent().back(), "+1:11:00 resolved Hot warning: auto");
}

TEST(Alerts, R07_the_fourth_return_keeps_3037_seconds) {
  Story story(rule().keep(15min).keep_grows(1.5));
  story.value("+00:00", 95);
  for (const char* time : {"+01:00", "+03:00", "+05:00"}) {
    story.value(time, 50).value(clock_text(at(time) + 60s), 95);
  }
  story.value("+07:00", 50).to("+2:00:00");
  EXPECT_EQ(story.sent().back(), "+57:40 resolved Hot warning: auto");
}

TEST(Alerts, R07_after_twice_that_time_in_quiet_it_is_as_at_first) {
  const auto resolved = [](const char* again, const char* end) {
    Story story(rule().keep(60s).keep_grows(2));
    story.value("+00:00", 95).value("+00:10", 50).value("+00:20", 95).value("+00:30", 50);  // cleared at 02:30
    story.value(again, 95).value(end, 50).to("+20:00");
    return story.sent().back();
  };
  EXPECT_EQ(resolved("+06:20", "+06:30"), "+08:30 resolved Hot warning: auto");
  EXPECT_EQ(resolved("+06:30", "+06:40"), "+07:40 resolved Hot warning: auto");
}

TEST(Alerts, R08_several_in_a_row_both_ways) {
  Story story(rule().in_a_row(3, 2));
  story.value("+00:00", 50).value("+00:10", 95).value("+01:00", 50).to("+03:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:30 firing Hot warning", "+01:10 resolved Hot warning: auto"}));

  Story other(rule().in_a_row(3, 2));
  other.value("+00:00", 50).value("+00:10", 95).value("+01:00", 50).value("+01:10", 95).value("+01:20", 50);
  other.to("+03:00");
  EXPECT_EQ(other.sent(), (Lines{"+00:30 firing Hot warning", "+01:30 resolved Hot warning: auto"}));
}

TEST(Alerts, R09_an_evaluation_error_while_pending_neither_resets_nor_counts) {
  Story story(rule().hold(30s));
  story.value("+00:00", 50).value("+00:10", 95).error("+00:20").value("+00:40", 95).to("+00:50");
  EXPECT_EQ(story.state(), InstanceState::kPending);
  story.to("+02:00");
  EXPECT_EQ(story.sent(), (Lines{"+01:00 firing Hot warning"}));
}

TEST(Alerts, R11_an_evaluation_error_while_firing_changes_nothing) {
  Story story(rule());
  story.value("+00:00", 50).value("+00:10", 95).error("+00:20").to("+05:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:10 firing Hot warning"}));
  EXPECT_EQ(story.timeline(), (Lines{"+00:10 fired", "+00:20 unanswered: too many samples"}));
  ASSERT_EQ(story.engine().instances().size(), 1U);
  EXPECT_EQ(story.engine().instances().front().state, InstanceState::kFiring);
  EXPECT_EQ(story.engine().instances().front().data, DataState::kError);
}

TEST(Alerts, R12_an_annotation_is_no_part_of_who_it_is) {
  Story story(rule().annotation("hot"));
  story.value("+00:00", 95).to("+00:20");
  story.reload("+00:25", {rule().annotation("{{ broken }} (template error)")}).to("+05:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:00 firing Hot warning"}));
  EXPECT_EQ(story.problem("Hot")->annotations.front().value, "{{ broken }} (template error)");
}

TEST(Alerts, R13_the_limit_keeps_what_fires) {
  Story story(rule().limit(10));
  for (int series = 1; series <= 11; ++series) {
    story.value(series == 11 ? "+05:00" : "+00:10", 95, "v{c=" + std::to_string(series) + "}");
  }
  story.to("+04:50");
  EXPECT_EQ(story.sent().size(), 10U);
  story.to("+06:00");
  ASSERT_EQ(story.sent().size(), 11U);
  EXPECT_EQ(story.sent().back(), "+05:00 firing SondeRuleLimit warning");
  EXPECT_EQ(value_of(story.notices().back().problem.labels, "rule"), "Hot");
  EXPECT_EQ(story.standing("Hot").refused, 7U);
  ASSERT_EQ(story.engine().held_back().size(), 1U);
  EXPECT_EQ(value_of(story.engine().held_back().front().subject, "c"), "11");

  story.value("+06:10", 50, "v{c=11}").to("+07:00");
  EXPECT_EQ(story.sent().size(), 11U);
  story.value("+07:10", 50, "v{c=3}").to("+08:00");
  const std::set<std::string> last(story.sent().end() - 2, story.sent().end());
  EXPECT_EQ(last, (std::set<std::string>{"+07:10 resolved Hot warning: auto",
                                         "+07:10 resolved SondeRuleLimit warning: auto"}));
  EXPECT_EQ(story.sent().size(), 13U);
}

TEST(Alerts, R13_one_that_clears_makes_room_in_the_same_evaluation) {
  Story story(rule().limit(1));
  story.value("+00:00", 95, "v{c=2}").value("+00:10", 95, "v{c=1}").value("+00:10", 50, "v{c=2}").to("+01:00");
  EXPECT_EQ(story.standing("Hot").refused, 0U);
  EXPECT_EQ(story.state("c", "1"), InstanceState::kFiring);
}

TEST(Alerts, R14_skipped_evaluations_do_not_count) {
  Story story(rule().hold(30s));
  story.value("+00:00", 50).value("+00:10", 95).skip({"+00:20", "+00:30"}).to("+02:00");
  EXPECT_EQ(story.timeline(), (Lines{"+00:10 pending", "+01:00 fired"}));
}

TEST(Alerts, R16_a_rule_that_is_removed_while_firing_resolves) {
  Story story(rule());
  story.value("+00:10", 95).reload("+05:00", {}).to("+06:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:10 firing Hot warning", "+05:00 resolved Hot warning: rule_removed"}));
}

TEST(Alerts, R17_a_threshold_edited_while_firing_is_judged_anew) {
  Story story(rule());
  story.value("+00:00", 92).reload("+05:05", {rule().above(95)});
  EXPECT_EQ(story.sent().size(), 1U);
  story.to("+06:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:00 firing Hot warning", "+05:10 resolved Hot warning: auto"}));

  Story other(rule());
  other.value("+00:00", 92).reload("+05:05", {rule().above(91)}).to("+06:00");
  EXPECT_EQ(other.sent(), (Lines{"+00:00 firing Hot warning"}));
}

TEST(Alerts, R17_a_threshold_edited_while_pending_starts_again) {
  Story story(rule().hold(60s));
  story.value("+00:10", 92).reload("+00:45", {rule().hold(60s).above(91)}).to("+03:00");
  EXPECT_EQ(story.timeline(),
            (Lines{"+00:10 pending", "+00:50 pending ended: rule_changed", "+00:50 pending", "+01:50 fired"}));
}

TEST(Alerts, R17_what_the_new_text_does_not_know_ends) {
  Story story(rule().on("by_core"));
  story.value("+00:00", 95, "by_core{core=1}").value("+00:00", 50, "by_host{host=a}");
  story.reload("+01:05", {rule().on("by_host")}).to("+02:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:00 firing Hot warning", "+01:10 resolved Hot warning: rule_changed"}));
}

TEST(Alerts, R17_what_the_new_text_does_not_know_ends_after_its_time) {
  Story story(rule().on("by_core").keep(30s));
  story.value("+00:00", 95, "by_core{core=1}").value("+00:00", 50, "by_host{host=a}");
  story.reload("+01:05", {rule().on("by_host").keep(30s)}).to("+02:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:00 firing Hot warning", "+01:40 resolved Hot warning: rule_changed"}));
}

TEST(Alerts, R18_a_comment_is_no_change) {
  Story story(rule().hold(5min));
  for (const char* series : {"v{c=1}", "v{c=2}", "v{c=3}"}) story.value("+00:00", 95, series);
  story.value("+04:00", 95, "v{c=4}");
  for (int reload = 0; reload < 20; ++reload) {
    ToldRule again = rule().hold(5min).annotation("edit " + std::to_string(reload));
    again.rule_.expression = "v  >\n 90.000000 # edit " + std::to_string(reload);
    again.rule_.line = reload;
    story.reload(clock_text(5min + reload * 3s), {again});
  }
  EXPECT_EQ(story.sent().size(), 3U);
  story.to("+10:00");
  ASSERT_EQ(story.sent().size(), 4U);
  EXPECT_EQ(story.sent().back(), "+09:00 firing Hot warning");
}

TEST(Alerts, R20_two_thresholds_are_one_problem) {
  Story story(rule().above(85).clear_at(75).severity(Severity::kWarning),
              rule().above(95).clear_at(85).severity(Severity::kCritical));
  story.value("+00:00", 50).value("+00:10", 90).value("+01:00", 97).value("+02:00", 90).value("+03:00", 80);
  story.value("+04:00", 70).to("+02:50");
  ASSERT_NE(story.problem("Hot"), nullptr);
  EXPECT_EQ(story.problem("Hot")->severity, Severity::kCritical);
  story.to("+03:00");
  ASSERT_NE(story.problem("Hot"), nullptr);
  EXPECT_EQ(story.problem("Hot")->severity, Severity::kWarning);
  story.to("+10:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:10 firing Hot warning", "+01:00 severity up Hot critical",
                                 "+04:00 resolved Hot warning: auto"}));
}

TEST(Alerts, H01_clears_at_equality) {
  Story story(rule().clear_at(80));
  story.value("+00:00", 50).value("+00:10", 91).value("+00:20", 85).value("+00:30", 81).value("+00:40", 80);
  story.to("+02:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:10 firing Hot warning", "+00:40 resolved Hot warning: auto"}));
}

TEST(Alerts, H02_between_the_thresholds_nothing_starts) {
  Story story(rule().clear_at(80).hold(20s));
  story.value("+00:00", 85).value("+00:10", 91).value("+00:20", 85).to("+02:00");
  EXPECT_EQ(story.timeline(), (Lines{"+00:10 pending", "+00:20 pending ended: auto"}));
}

TEST(Alerts, H03_what_fires_survives_missing_data) {
  Story story(rule().clear_at(80));
  story.value("+00:00", 50).value("+00:10", 91).value("+00:20", NAN).value("+00:50", 85).to("+05:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:10 firing Hot warning"}));
  EXPECT_EQ(story.state(), InstanceState::kFiring);
}

}  // namespace
}  // namespace sonde::alerts::test
