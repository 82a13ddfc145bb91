#include <gtest/gtest.h>

#include <set>
#include <string>

#include "unit/alerts/story.h"

namespace sonde::alerts::test {
namespace {

using rules::Severity;

constexpr const char* kSource = "s{service_name=cart}";
constexpr const char* kTarget = "v{service_name=cart}";

/// True at +00:00, false at +01:00, and so on: so many changes.
Story& flap(Story& story, int changes) {
  for (int change = 0; change < changes; ++change) {
    story.value(clock_text(change * 60s), change % 2 == 0 ? 95 : 50);
  }
  return story;
}

TEST(Alerts, F01_flapping_is_told_once) {
  Story story(rule().flapping());
  flap(story, 16).to("+1:00:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:00 firing Hot warning", "+01:00 resolved Hot warning: auto",
                                 "+02:00 firing Hot warning", "+03:00 resolved Hot warning: auto",
                                 "+04:00 flapping Hot warning", "+25:00 resolved Hot warning: flapping ended"}));
  EXPECT_EQ(story.problem("Hot"), nullptr);
}

TEST(Alerts, F01_without_flapping_each_change_is_told) {
  Story story(rule());
  flap(story, 16).to("+1:00:00");
  EXPECT_EQ(story.sent().size(), 16U);
}

TEST(Alerts, F03_a_change_leaves_the_window_at_its_border) {
  const auto sent = [](const char* last) {
    Story story(rule().flapping());
    story.value("+00:00", 95).value("+02:30", 50).value("+05:00", 95).value("+07:30", 50).value(last, 95);
    return story.to("+11:00").sent();
  };
  EXPECT_EQ(sent("+10:00").back(), "+10:00 firing Hot warning");
  EXPECT_EQ(sent("+09:50").back(), "+09:50 flapping Hot warning");
}

TEST(Alerts, F04_the_recovery_at_the_end_of_flapping_is_not_lost) {
  Story story(rule().flapping());
  flap(story, 16).to("+24:50");
  EXPECT_EQ(story.sent().size(), 5U);
  EXPECT_TRUE(story.problem("Hot")->flapping);
  story.to("+25:00");
  EXPECT_EQ(story.sent().back(), "+25:00 resolved Hot warning: flapping ended");
}

TEST(Alerts, F04_a_restart_does_not_lose_it_either) {
  Story story(rule().flapping());
  flap(story, 16).to("+20:00").restart("+20:10").to("+1:00:00");
  EXPECT_EQ(story.sent().size(), 6U);
  EXPECT_EQ(story.sent().back(), "+25:00 resolved Hot warning: flapping ended");
}

TEST(Alerts, F05_what_still_fires_at_the_end_has_been_told) {
  Story story(rule().flapping());
  flap(story, 17).value("+40:00", 50).to("+30:00");
  EXPECT_EQ(story.sent().size(), 5U);
  EXPECT_FALSE(story.problem("Hot")->flapping);
  EXPECT_EQ(story.timeline().back(), "+26:00 flapping ended");
  story.to("+1:00:00");
  ASSERT_EQ(story.sent().size(), 6U);
  EXPECT_EQ(story.sent().back(), "+40:00 resolved Hot warning: auto");
}

TEST(Alerts, F06_a_rise_to_critical_passes) {
  Story story(rule().flapping().severity(Severity::kWarning),
              rule().flapping().above(98).severity(Severity::kCritical));
  flap(story, 16).value("+06:00", 99).value("+08:00", 99).value("+10:00", 99).to("+1:00:00");
  ASSERT_EQ(story.sent().size(), 7U);
  EXPECT_EQ(story.sent()[4], "+04:00 flapping Hot warning");
  EXPECT_EQ(story.sent()[5], "+06:00 severity up Hot critical");
  EXPECT_EQ(story.sent()[6], "+25:00 resolved Hot warning: flapping ended");
}

TEST(Alerts, F06_flapping_that_begins_with_an_end_is_told_too) {
  Story story(rule().flapping(2, 10min, 2min));
  story.value("+00:00", 95).value("+01:00", 50).to("+10:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:00 firing Hot warning", "+01:00 flapping Hot warning",
                                 "+03:00 resolved Hot warning: flapping ended"}));
}

TEST(Alerts, F06_a_removed_rule_ends_flapping) {
  Story story(rule().flapping());
  flap(story, 16).reload("+08:05", {});
  EXPECT_EQ(story.sent().back(), "+08:05 resolved Hot warning: rule_removed");
}

TEST(Alerts, one_message_for_both_severities_in_one_evaluation) {
  Story story(rule().above(85).severity(Severity::kWarning), rule().above(95).severity(Severity::kCritical));
  story.value("+00:00", 50).value("+00:10", 97).value("+01:00", 50).to("+02:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:10 firing Hot critical", "+01:00 resolved Hot critical: auto"}));
}

TEST(Alerts, a_warning_waits_for_its_pending_critical_twin) {
  const auto told = [] {
    return Story(rule().above(85).hold(30s).severity(Severity::kWarning),
                 rule().above(95).hold(60s).severity(Severity::kCritical));
  };
  Story fires = told();
  fires.value("+00:00", 50).value("+00:10", 97).to("+05:00");
  EXPECT_EQ(fires.sent(), (Lines{"+01:10 firing Hot critical"}));

  Story falls = told();
  falls.value("+00:00", 50).value("+00:10", 97).value("+00:50", 90).to("+05:00");
  EXPECT_EQ(falls.sent(), (Lines{"+00:50 firing Hot warning"}));

  Story unanswered = told();
  unanswered.value("+00:00", 50, "v").value("+00:10", 97).to("+00:50");
  unanswered.error("+01:00").to("+05:00");
  EXPECT_EQ(unanswered.sent(), (Lines{"+01:20 firing Hot warning"}));
}

TEST(Alerts, a_problem_starts_with_its_first_breach) {
  Story story(rule().above(85).hold(30s).severity(Severity::kWarning),
              rule().above(95).hold(10s).severity(Severity::kCritical));
  story.value("+00:00", 90).value("+00:20", 97).to("+05:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:30 firing Hot critical"}));
  EXPECT_EQ(story.notices().front().problem.started_at.elapsed, Story::kStart);
}

TEST(Alerts, what_clears_before_it_is_told_is_not_told) {
  Story story(rule("Source").on("s"), rule("Target").inhibited_by("Source"));
  story.value("+00:10", 95, kSource).value("+00:10", 95, kTarget).value("+01:00", 50, kTarget).to("+02:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:10 firing Source warning"}));
}

TEST(Alerts, I01_an_inhibitor_of_the_same_evaluation_holds) {
  Story story(rule("DiskFull").on("disk"), rule("AWriteErrors").inhibited_by("DiskFull", {{"host"}}));
  story.value("+00:00", 50, "disk{host=a}").value("+00:10", 95, "disk{host=a}");
  story.value("+00:00", 50, "v{host=a}").value("+00:10", 95, "v{host=a}").to("+05:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:10 firing DiskFull warning"}));
  EXPECT_EQ(story.problem("AWriteErrors")->held_by, (Lines{"DiskFull"}));
}

TEST(Alerts, I01_not_of_another_host) {
  Story story(rule("DiskFull").on("disk"), rule("AWriteErrors").inhibited_by("DiskFull", {{"host"}}));
  story.value("+00:10", 95, "disk{host=b}").value("+00:10", 95, "v{host=a}").to("+05:00");
  EXPECT_EQ(story.sent().size(), 2U);
}

TEST(Alerts, I02_what_is_held_later_says_so_for_whoever_has_it_in_a_group) {
  Story story(rule("Source").on("s"), rule("Target").inhibited_by("Source"));
  story.value("+00:00", 50, kTarget).value("+00:10", 95, kTarget).value("+00:30", 95, kSource).to("+00:20");
  EXPECT_EQ(story.problem("Target")->held_by, Lines{});
  story.to("+05:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:10 firing Target warning", "+00:30 firing Source warning"}));
  EXPECT_EQ(story.problem("Target")->held_by, (Lines{"Source"}));
}

TEST(Alerts, I03_a_restart_tells_nothing_that_was_held) {
  Story story(rule("Source").on("s"), rule("Target").inhibited_by("Source"));
  story.value("+00:10", 95, kSource).value("+00:10", 95, kTarget).to("+05:00");
  story.first_run("Source", "+05:55").restart("+05:30").to("+10:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:10 firing Source warning"}));
}

TEST(Alerts, I04_what_outlasts_its_inhibitor_is_told_a_while_later) {
  Story story(rule("Source").on("s"), rule("Target").inhibited_by("Source"));
  story.value("+00:10", 95, kSource).value("+00:10", 95, kTarget).value("+10:00", 50, kSource).to("+20:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:10 firing Source warning", "+10:00 resolved Source warning: auto",
                                 "+10:30 firing Target warning: released"}));

  Story over(rule("Source").on("s"), rule("Target").inhibited_by("Source"));
  over.value("+00:10", 95, kSource)
      .value("+00:10", 95, kTarget)
      .value("+10:00", 50, kSource)
      .value("+10:20", 50, kTarget)
      .to("+20:00");
  EXPECT_EQ(over.sent(), (Lines{"+00:10 firing Source warning", "+10:00 resolved Source warning: auto"}));
}

TEST(Alerts, I07_what_was_told_before_it_was_inhibited_is_resolved) {
  Story story(rule("Source").on("s"), rule("Target").inhibited_by("Source"));
  story.value("+00:10", 95, kTarget).value("+05:00", 95, kSource).value("+06:00", 50, kTarget).to("+07:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:10 firing Target warning", "+05:00 firing Source warning",
                                 "+06:00 resolved Target warning: auto"}));
}

ToldRule errors() { return rule("Errors").inhibited_by("Errors"); }

Lines told_services(const Story& story) {
  Lines services;
  for (const Notice& notice : story.notices()) {
    services.emplace_back(value_of(notice.problem.labels, kServiceLabel));
  }
  return services;
}

TEST(Alerts, I10_a_service_is_excused_by_what_it_depends_on_however_far) {
  Story story(errors());
  story.depends("shop", "cart").depends("cart", "db").depends("db", "cart");
  story.value("+00:10", 95, "v{service_name=shop}").value("+00:10", 95, "v{service_name=db}");
  story.value("+00:10", 95, "v{service_name=mail}").to("+01:00");
  EXPECT_EQ(told_services(story), (Lines{"db", "mail"}));
}

TEST(Alerts, I11_of_services_that_need_each_other_one_is_told) {
  Story story(errors());
  story.depends("cart", "db").depends("db", "cart").depends("shop", "cart");
  for (const char* series : {"v{service_name=cart}", "v{service_name=db}", "v{service_name=shop}"}) {
    story.value("+00:10", 95, series);
  }
  story.to("+01:00");
  EXPECT_EQ(told_services(story), (Lines{"cart"}));
}

TEST(Alerts, I11_what_depends_on_the_circle_is_not_the_one) {
  Story story(errors());
  story.depends("cart", "db").depends("db", "cart").depends("shop", "cart");
  story.value("+00:10", 95, "v{service_name=shop}");
  for (const char* series : {"v{service_name=cart}", "v{service_name=db}"}) story.value("+00:20", 95, series);
  story.to("+01:00");
  for (const Problem& problem : story.engine().problems()) {
    const bool is_spared = value_of(problem.labels, kServiceLabel) == "cart";
    EXPECT_EQ(problem.held_by, is_spared ? Lines{} : Lines{"Errors"});
  }
}

TEST(Alerts, I11_the_one_that_is_told_stays_it) {
  Story story(rule("A").inhibited_by("B"), rule("B").on("b").inhibited_by("A"));
  story.value("+00:10", 95, "b{service_name=cart}").value("+00:20", 95, kTarget).to("+01:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:10 firing B warning"}));
}

TEST(Alerts, I12_what_is_of_no_service_inhibits_only_by_labels_that_are_named) {
  Story story(rule("Source").on("s"), rule("Target").inhibited_by("Source"));
  story.value("+00:10", 95, "s").value("+00:10", 95).to("+01:00");
  EXPECT_EQ(story.sent().size(), 2U);

  Story named(rule("Source").on("s"), rule("Target").inhibited_by("Source", std::vector<std::string>{}));
  named.value("+00:10", 95, "s").value("+00:10", 95).to("+01:00");
  EXPECT_EQ(named.sent(), (Lines{"+00:10 firing Source warning"}));
}

TEST(Alerts, I12_an_address_that_clients_see_is_as_a_service) {
  Story story(errors());
  story.depends("shop", "10.0.0.7:5432").value("+00:10", 95, "v{server_address=10.0.0.7,server_port=5432}");
  story.value("+00:10", 95, "v{service_name=shop}").to("+01:00");
  ASSERT_EQ(story.sent().size(), 1U);
  EXPECT_EQ(value_of(story.notices().front().problem.labels, "server_port"), "5432");
}

TEST(Alerts, I12_an_alert_does_not_inhibit_others_of_its_name_on_the_same_service) {
  Story story(errors());
  story.value("+00:10", 95, "v{route=a,service_name=cart}").value("+00:10", 95, "v{route=b,service_name=cart}");
  story.to("+01:00");
  EXPECT_EQ(story.sent().size(), 2U);
}

}  // namespace
}  // namespace sonde::alerts::test
