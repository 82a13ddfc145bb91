#include "alerts/external_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "unit/alerts/story.h"

namespace sonde::alerts::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const store::Labels kPage{{"alertname", "Foreign"}, {"severity", "page"}};

ExternalAlert alert(const std::string& name, std::chrono::seconds from, std::chrono::seconds until) {
  return {.labels = {{"alertname", name}},
          .annotations = {},
          .starts_at = WallTime{from},
          .ends_at = WallTime{until},
          .updated_at = WallTime{from},
          .generator_url = {}};
}

Moment moment_at(std::chrono::seconds at) { return {WallTime{at}, at}; }

TEST(ExternalAlerts, fire_until_they_are_said_to_end) {
  Story story(rule());
  story.external(kPage, "+01:00", "+05:00").to("+10:00");
  EXPECT_EQ(story.sent(), (Lines{"+01:00 firing Foreign warning", "+05:00 resolved Foreign warning: auto"}));
}

TEST(ExternalAlerts, keep_a_severity_that_is_none_of_ours) {
  Story story(rule());
  story.external(kPage, "+01:00", "+05:00").to("+02:00");
  EXPECT_EQ(story.problem("Foreign")->labels, kPage);
  EXPECT_EQ(labels_of(*story.problem("Foreign")), kPage);
}

TEST(ExternalAlerts, that_are_sent_again_are_the_same_ones) {
  Story story(rule());
  story.external(kPage, "+01:00", "+05:00").external(kPage, "+04:00", "+08:00").to("+10:00");
  EXPECT_EQ(story.sent(), (Lines{"+01:00 firing Foreign warning", "+08:00 resolved Foreign warning: auto"}));
}

TEST(ExternalAlerts, of_one_name_and_two_severities_are_two_alerts) {
  Story story(rule());
  story.external(kPage, "+01:00", "+05:00")
      .external({{"alertname", "Foreign"}, {"severity", "critical"}}, "+02:00", "+03:00")
      .to("+10:00");
  EXPECT_THAT(story.sent(), SizeIs(4));
}

TEST(ExternalAlerts, are_silenced_like_others) {
  Story story(rule());
  story.silence("+00:00", "+03:00", "severity=page").external(kPage, "+01:00", "+05:00").to("+10:00");
  EXPECT_EQ(story.sent(),
            (Lines{"+03:00 firing Foreign warning: silence expired", "+05:00 resolved Foreign warning: auto"}));
}

TEST(ExternalAlerts, survive_a_restart) {
  Story story(rule());
  story.external(kPage, "+01:00", "+20:00").to("+02:00").restart("+03:00").to("+30:00");
  EXPECT_EQ(story.sent(), (Lines{"+01:00 firing Foreign warning", "+20:00 resolved Foreign warning: auto"}));
}

TEST(InhibitionByLabels, holds_an_alert_while_another_fires_and_lets_it_go_after_it) {
  Story story(rule());
  story.inhibit_rule({.source = {{"alertname", store::MatchOperator::kEqual, "Outage"}},
                      .target = {{"alertname", store::MatchOperator::kEqual, "Hot"}},
                      .equal = {}});
  story.external({{"alertname", "Outage"}}, "+00:10", "+10:00").value("+00:20", 95).to("+09:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:10 firing Outage warning"}));
  EXPECT_THAT(story.problem("Hot")->held_by, ElementsAre("Outage"));
  story.to("+11:00");
  EXPECT_EQ(story.sent(), (Lines{"+00:10 firing Outage warning", "+10:00 resolved Outage warning: auto",
                                 "+10:30 firing Hot warning: released"}));
}

TEST(ExternalBook, keeps_the_earliest_start_and_the_newest_end) {
  ExternalBook book;
  ASSERT_TRUE(book.receive(std::vector{alert("a", 10s, 100s)}, WallTime{10s}));
  ASSERT_TRUE(book.receive(std::vector{alert("a", 20s, 50s)}, WallTime{20s}));
  const ExternalAlert kept = book.alerts().front();
  EXPECT_EQ(kept.starts_at, WallTime{10s});
  EXPECT_EQ(kept.ends_at, WallTime{50s});
}

TEST(ExternalBook, does_not_take_up_what_is_over) {
  ExternalBook book;
  ASSERT_TRUE(book.receive(std::vector{alert("a", 10s, 20s)}, WallTime{30s}));
  EXPECT_THAT(book.alerts(), IsEmpty());
}

TEST(ExternalBook, takes_none_of_too_many) {
  ExternalBook book(2);
  ASSERT_TRUE(book.receive(std::vector{alert("a", 10s, 100s)}, WallTime{10s}));
  const auto refused = book.receive(std::vector{alert("b", 10s, 100s), alert("c", 10s, 100s)}, WallTime{10s});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kLimit);
  EXPECT_THAT(book.firing(moment_at(11s)), SizeIs(1));
}

}  // namespace
}  // namespace sonde::alerts::test
