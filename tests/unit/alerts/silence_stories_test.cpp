#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "unit/alerts/story.h"

namespace sonde::alerts::test {
namespace {

using rules::Severity;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Silences, S01_what_is_silenced_from_the_start_is_never_told) {
  Story story(rule());
  story.silence("+00:00", "+30:00").value("+00:10", 95).value("+10:00", 50).to("+1:00:00");
  EXPECT_EQ(story.sent(), Lines{});
  EXPECT_THAT(story.timeline(), Contains("+00:10 held: silence s1"));
}

TEST(Silences, S02_what_still_fires_at_the_end_is_told_then) {
  Story story(rule());
  story.silence("+00:00", "+30:00").value("+00:10", 95).to("+29:50");
  EXPECT_EQ(story.sent(), Lines{});
  EXPECT_THAT(story.problem("Hot")->held_by, ElementsAre("silence s1"));
  story.to("+1:00:00");
  EXPECT_EQ(story.sent(), (Lines{"+30:00 firing Hot warning: silence expired"}));
}

TEST(Silences, S02_also_after_a_restart_over_the_end) {
  Story story(rule());
  story.silence("+00:00", "+30:00").value("+00:10", 95).to("+29:00").restart("+31:00").to("+40:00");
  EXPECT_EQ(story.sent(), (Lines{"+31:00 firing Hot warning: silence expired"}));
}

TEST(Silences, S03_the_end_of_what_was_told_is_told_in_spite_of_a_silence) {
  Story story(rule());
  story.silence("+05:00", "+1:00:00").value("+00:10", 95).value("+10:00", 50).to("+2:00:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:10 firing Hot warning", "+10:00 resolved Hot warning: auto"}));
}

TEST(Silences, what_was_told_before_is_not_told_again_after_a_silence) {
  Story story(rule());
  story.silence("+05:00", "+30:00").value("+00:10", 95).to("+2:00:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:10 firing Hot warning"}));
}

TEST(Silences, S05_of_two_the_last_end_counts) {
  Story story(rule());
  story.silence("+00:00", "+10:00").silence("+00:00", "+20:00").value("+00:10", 95).to("+1:00:00");
  EXPECT_EQ(story.sent(), (Lines{"+20:00 firing Hot warning: silence expired"}));
}

TEST(Silences, I09_a_silenced_source_still_inhibits) {
  Story story(rule("Source").on("s"), rule().inhibited_by("Source", std::vector<std::string>{"service_name"}));
  story.silence("+00:00", "+30:00", "alertname=Source");
  story.value("+00:10", 95, "s{service_name=cart}").value("+00:10", 95, "v{service_name=cart}").to("+29:00");
  EXPECT_EQ(story.sent(), Lines{});
  EXPECT_THAT(story.problem("Hot")->held_by, ElementsAre("Source"));
}

TEST(Silences, one_of_a_severity_ends_when_it_gets_worse) {
  Story story(rule().severity(Severity::kWarning), rule().above(98).severity(Severity::kCritical));
  story.silence("+00:00", "+1:00:00", "alertname=Hot,severity=warning");
  story.value("+00:10", 95).value("+05:00", 99).to("+20:00");
  EXPECT_EQ(story.sent(), (Lines{"+05:00 firing Hot critical: silence expired"}));
}

TEST(Silences, of_another_alert_hold_nothing) {
  Story story(rule());
  story.silence("+00:00", "+30:00", "alertname=Other").value("+00:10", 95).to("+10:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:10 firing Hot warning"}));
}

TEST(Maintenance, S11_what_was_down_before_and_after_is_not_told_again) {
  Story story(rule());
  story.maintain("+10:00", "+20:00").value("+00:10", 95).to("+2:00:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:10 firing Hot warning"}));
}

TEST(Maintenance, S12_what_gets_well_inside_is_told_as_well_inside) {
  Story story(rule());
  story.maintain("+10:00", "+20:00").value("+00:10", 95).value("+15:00", 50).to("+2:00:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:10 firing Hot warning", "+15:00 resolved Hot warning: auto"}));
}

TEST(Maintenance, S13_what_breaks_inside_is_told_at_its_end) {
  Story story(rule());
  story.maintain("+10:00", "+20:00").value("+12:00", 95).to("+19:50");
  EXPECT_EQ(story.sent(), Lines{});
  story.to("+2:00:00");
  EXPECT_EQ(story.sent(), (Lines{"+20:00 firing Hot warning: maintenance ended"}));
}

}  // namespace
}  // namespace sonde::alerts::test
