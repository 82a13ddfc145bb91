#include "alerts/review_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "support/incident_story.h"

namespace sonde::alerts {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr auto kWeek = 7 * 24h;

/// An incident that fired, was resolved, and is reviewed; then days go by.
class Reviews : public testing::Test {
 protected:
  Reviews() {
    story_.fires("a1");
    story_.clears("a1");
    resolved_ = *story_.book.find(1);
  }

  Result<Review> order(ReviewOrder said) {
    said.actor = "ann";
    const auto outcome = book_.order(resolved_, known_, said, story_.book, story_.now());
    if (outcome) known_ = *outcome;
    return outcome;
  }

  /// True if that moment decides it.
  bool live_until(std::chrono::seconds at) {
    story_.jump(at);
    const bool decided = book_.advance(story_.book, story_.now());
    for (Review& review : book_.take_changed()) known_ = std::move(review);
    return decided;
  }

  std::vector<std::string> happened() {
    std::vector<std::string> lines;
    for (const TimelineEntry& entry : book_.take_timeline()) {
      lines.push_back("#" + std::to_string(entry.incident) + " " + std::string(name_of(entry.change)) + ": " +
                      entry.reason);
    }
    return lines;
  }

  IncidentStory story_{grouped(0s, 5min, 12h)};
  Incident resolved_;
  ReviewBook book_{kWeek};
  std::optional<Review> known_;
};

Code code_of(const Result<Review>& outcome) { return outcome ? Code::kIo : outcome.error().code; }

TEST_F(Reviews, X04_what_does_not_fire_again_for_seven_days_is_verified_on_the_seventh) {
  const auto said = order({.cause = "disk full", .verdict = Verdict::kActionable, .fixed = true});
  ASSERT_TRUE(said) << said.error().what;
  EXPECT_EQ(said->state, ReviewState::kWatching);
  EXPECT_EQ(said->watch_until->wall, IncidentStory::moment_at(0s).wall + kWeek);
  EXPECT_THAT(happened(),
              ElementsAre("#1 reviewed: actionable; cause: disk full; fixed, if nothing fires again for 1w"));
  EXPECT_FALSE(live_until(kWeek - 1s));
  EXPECT_EQ(known_->state, ReviewState::kWatching);
  EXPECT_TRUE(live_until(kWeek));
  EXPECT_EQ(known_->state, ReviewState::kVerified);
  EXPECT_THAT(happened(), ElementsAre("#1 verified: nothing has fired again for 1w"));
  EXPECT_THAT(book_.watched(), IsEmpty());
}

TEST_F(Reviews, X04_what_fires_again_on_day_six_has_come_back_and_says_as_what) {
  ASSERT_TRUE(order({.fixed = true}));
  (void)happened();
  EXPECT_FALSE(live_until(6 * 24h));
  story_.fires("a1");
  EXPECT_TRUE(live_until(6 * 24h + 1s));
  EXPECT_EQ(known_->state, ReviewState::kCameBack);
  EXPECT_EQ(known_->came_back_as, 2);
  EXPECT_THAT(happened(), ElementsAre("#1 came back: a1 fires in #2", "#2 came back: #1 was called fixed"));
  story_.clears("a1");
  EXPECT_FALSE(live_until(kWeek + 1s)) << "it is decided once";
  EXPECT_EQ(known_->state, ReviewState::kCameBack);
}

TEST_F(Reviews, the_same_incident_that_opens_again_has_come_back) {
  ASSERT_TRUE(order({.fixed = true}));
  (void)happened();
  story_.jump(1min);
  story_.fires("a1");
  EXPECT_TRUE(live_until(2min));
  EXPECT_EQ(known_->came_back_as, 1);
  EXPECT_THAT(happened(), ElementsAre("#1 came back: a1 fires in #1"));
}

TEST_F(Reviews, another_alert_of_the_group_is_no_return_but_the_same_one_joining_it_is) {
  ASSERT_TRUE(order({.fixed = true}));
  story_.jump(20min);
  story_.fires("b1");
  EXPECT_FALSE(live_until(1h));
  story_.fires("a1", rules::Severity::kCritical);
  EXPECT_TRUE(live_until(2h)) << "whatever its severity is";
  EXPECT_EQ(known_->came_back_as, 2);
}

TEST_F(Reviews, what_is_not_said_stays) {
  ASSERT_TRUE(order({.cause = "c", .action = "a", .verdict = Verdict::kNoise, .follow_up = "https://t.example/1"}));
  story_.jump(5s);
  ASSERT_TRUE(order({.fixed = true}));
  story_.jump(9s);
  ASSERT_TRUE(order({.cause = "other"}));
  EXPECT_EQ(known_->cause, "other");
  EXPECT_EQ(known_->action, "a");
  EXPECT_EQ(known_->verdict, Verdict::kNoise);
  EXPECT_EQ(known_->follow_up, "https://t.example/1");
  EXPECT_EQ(known_->state, ReviewState::kWatching);
  EXPECT_EQ(known_->fixed_at->wall, IncidentStory::moment_at(5s).wall);
  EXPECT_EQ(known_->at.wall, IncidentStory::moment_at(9s).wall);
  ASSERT_THAT(book_.watched(), SizeIs(1));
  EXPECT_EQ(book_.watched().front().cause, "other");
}

TEST_F(Reviews, what_is_called_fixed_again_is_watched_anew_and_what_is_not_is_not) {
  ASSERT_TRUE(order({.fixed = true}));
  story_.jump(24h);
  ASSERT_TRUE(order({.fixed = true}));
  EXPECT_FALSE(live_until(kWeek));
  ASSERT_TRUE(order({.fixed = false}));
  EXPECT_EQ(known_->state, ReviewState::kOpen);
  EXPECT_FALSE(known_->watch_until);
  EXPECT_FALSE(live_until(2 * kWeek));
  EXPECT_THAT(book_.watched(), IsEmpty());
}

TEST_F(Reviews, what_another_program_sends_with_another_severity_is_the_same_alert) {
  resolved_.alerts.front().problem.labels.push_back({"severity", "page"});
  ASSERT_TRUE(order({.fixed = true}));
  EXPECT_THAT(book_.watched().front().watched,
              ElementsAre(store::Labels{{"alertname", "a1"}, {"service_name", "shop"}}));
  story_.jump(20min);
  story_.fires("a1");
  EXPECT_TRUE(live_until(21min));
}

TEST_F(Reviews, a_restart_goes_on_watching) {
  ASSERT_TRUE(order({.fixed = true}));
  ReviewBook next(kWeek);
  next.restore(book_.watched());
  story_.jump(kWeek - 1s);
  EXPECT_FALSE(next.advance(story_.book, story_.now()));
  story_.jump(kWeek + 24h);
  EXPECT_TRUE(next.advance(story_.book, story_.now()));
  EXPECT_EQ(next.take_changed().front().state, ReviewState::kVerified);
}

TEST_F(Reviews, nothing_is_fixed_while_it_fires) {
  story_.fires("a1");
  resolved_ = *story_.book.find(1);
  const auto open = order({.fixed = true});
  EXPECT_EQ(code_of(open), Code::kConflict);
  EXPECT_THAT(open.error().what, HasSubstr("incident #1 is triggered"));
  EXPECT_TRUE(order({.cause = "a guess"})) << "what is known can be said before its end";
  story_.clears("a1");
  resolved_ = *story_.book.find(1);
  story_.jump(20min);
  story_.fires("a1");
  const auto again = order({.fixed = true});
  EXPECT_EQ(code_of(again), Code::kConflict);
  EXPECT_THAT(again.error().what, HasSubstr("a1 fires in incident #2"));
  EXPECT_EQ(known_->state, ReviewState::kOpen);
}

struct RefusedRow {
  const char* name;
  ReviewOrder order;
  const char* why;
};

class RefusedReview : public testing::TestWithParam<RefusedRow> {};

TEST_P(RefusedReview, changes_nothing) {
  const IncidentStory story(grouped(0s, 5min));
  ReviewBook book(kWeek);
  Incident incident;
  incident.id = 1;
  const auto outcome = book.order(incident, std::nullopt, GetParam().order, story.book, story.now());
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::kBadInput);
  EXPECT_THAT(outcome.error().what, HasSubstr(GetParam().why));
  EXPECT_THAT(book.take_changed(), IsEmpty());
  EXPECT_THAT(book.take_timeline(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Reviews, RefusedReview,
    testing::Values(RefusedRow{"nobody", {.actor = "", .cause = "c"}, "who you are"},
                    RefusedRow{"nothing", {.actor = "ann"}, "says something"},
                    RefusedRow{"long_cause", {.actor = "ann", .cause = std::string(5000, 'x')}, "4096"},
                    RefusedRow{"long_action", {.actor = "ann", .action = std::string(5000, 'x')}, "4096"},
                    RefusedRow{"script", {.actor = "ann", .follow_up = "javascript:alert(1)"}, "http"},
                    RefusedRow{"no_host", {.actor = "ann", .follow_up = "https:///x"}, "http"},
                    RefusedRow{"blank", {.actor = "ann", .follow_up = "https://t.example/a b"}, "http"},
                    RefusedRow{"quote", {.actor = "ann", .follow_up = "https://t.example/\"x"}, "http"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace sonde::alerts
