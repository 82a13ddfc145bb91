#include "app/roster.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "history/alert_history.h"
#include "unit/history/history_place.h"

namespace sonde::app {
namespace {

using std::chrono::hours;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr WallTime kMonday{std::chrono::sys_days{std::chrono::year{2026} / 6 / 1}.time_since_epoch()};

/// Each day another of the people, at nine.
oncall::Plan plan_of(std::vector<std::string> people) {
  oncall::Plan plan;
  for (const std::string& name : std::set<std::string>(people.begin(), people.end())) {
    plan.people.push_back({.name = name, .full_name = "", .contacts = {{.channel = name}}});
  }
  oncall::Layer layer;
  layer.name = "day";
  layer.rotation = {.people = std::move(people),
                    .unit = oncall::ShiftUnit::kDay,
                    .length = 1,
                    .start = LocalTime{(kMonday + hours{9}).time_since_epoch()}};
  plan.schedules = {{.name = "primary", .location = "", .layers = {layer}}};
  return plan;
}

class Rosters : public testing::Test {
 protected:
  std::unique_ptr<Roster> start(std::vector<std::string> people, WallTime at) {
    now_ = at;
    history_.reset();
    std::vector<std::string> notices;
    history_ = *history::AlertHistory::open(place_.path(), now_, notices);
    auto roster = std::make_unique<Roster>(plan_of(std::move(people)), &history_->oncall(), [this] { return now_; });
    EXPECT_TRUE(roster->start());
    return roster;
  }

  history::HistoryPlace place_{};
  std::unique_ptr<history::AlertHistory> history_{};
  WallTime now_{};
};

TEST_F(Rosters, D15SomebodyIsRemoved) {
  auto roster = start({"A", "B", "C"}, kMonday + hours{30});  // Tuesday: A until nine, then B
  EXPECT_THAT(roster->on_call("primary", kMonday + hours{36}), ElementsAre("B"));
  roster = start({"A", "C"}, kMonday + hours{36});
  EXPECT_THAT(roster->on_call("primary", kMonday + hours{36}), ElementsAre("C"));
  EXPECT_THAT(roster->on_call("primary", kMonday + hours{24 * 2 + 10}), ElementsAre("A"));
  EXPECT_THAT(roster->on_call("primary", kMonday + hours{24 * 3 + 10}), ElementsAre("C"));
}

TEST_F(Rosters, D16ARestartOverAHandOff) {
  auto roster = start({"A", "B", "C"}, kMonday + hours{34});
  EXPECT_THAT(roster->take_handovers(now_), IsEmpty());
  roster = start({"A", "B", "C"}, kMonday + hours{60});
  EXPECT_THAT(roster->on_call("primary", now_), ElementsAre("C"));
  EXPECT_THAT(roster->take_handovers(now_), ElementsAre(Handover{"primary", "B", "C"}));
  EXPECT_THAT(roster->take_handovers(now_), IsEmpty());
}

TEST_F(Rosters, D21AHandOffIsToldOnceOverARestart) {
  auto roster = start({"A", "B"}, kMonday + hours{10});
  EXPECT_THAT(roster->take_handovers(now_), IsEmpty());
  EXPECT_THAT(roster->take_handovers(kMonday + hours{32}), IsEmpty());
  EXPECT_THAT(roster->take_handovers(kMonday + hours{33}), ElementsAre(Handover{"primary", "A", "B"}));
  roster = start({"A", "B"}, kMonday + hours{34});
  EXPECT_THAT(roster->take_handovers(now_), IsEmpty());
}

TEST_F(Rosters, NobodyIsToldWhoGoesOn) {
  auto roster = start({"A", "A"}, kMonday + hours{10});
  EXPECT_THAT(roster->take_handovers(now_), IsEmpty());
  EXPECT_THAT(roster->take_handovers(kMonday + hours{34}), IsEmpty());
}

oncall::Override stand_in(const std::string& person, WallTime from, WallTime until) {
  return {.id = "",
          .schedule = "primary",
          .person = person,
          .replaces = "",
          .starts_at = from,
          .ends_at = until,
          .author = "ann",
          .comment = "dentist"};
}

TEST_F(Rosters, StandingInOutlivesARestart) {
  auto roster = start({"A", "B"}, kMonday + hours{10});
  const auto made = roster->stand_in(stand_in("B", kMonday + hours{12}, kMonday + hours{14}));
  ASSERT_TRUE(made);
  roster = start({"A", "B"}, kMonday + hours{11});
  EXPECT_THAT(roster->on_call("primary", kMonday + hours{13}), ElementsAre("B"));
  EXPECT_THAT(roster->on_call("primary", kMonday + hours{14}), ElementsAre("A"));
  ASSERT_TRUE(roster->take_back(made->id));
  EXPECT_EQ(roster->take_back(made->id).error().code, Code::kNotFound);
  roster = start({"A", "B"}, kMonday + hours{11});
  EXPECT_THAT(roster->on_call("primary", kMonday + hours{13}), ElementsAre("A"));
}

TEST_F(Rosters, ASwapIsBothOrNothing) {
  auto roster = start({"A", "B"}, kMonday + hours{8});
  const WallTime day = kMonday + hours{9};
  const auto made = roster->swap_shifts({.schedule = "primary",
                                         .one = {.person = "A", .from = day, .to = day + hours{1}},
                                         .other = {.person = "B", .from = day + hours{24}, .to = day + hours{25}},
                                         .author = "ann",
                                         .comment = ""});
  ASSERT_TRUE(made);
  EXPECT_THAT(roster->on_call("primary", day), ElementsAre("B"));
  EXPECT_THAT(roster->on_call("primary", day + hours{24}), ElementsAre("A"));
  EXPECT_FALSE(roster->swap_shifts({.schedule = "primary",
                                    .one = {.person = "A", .from = day, .to = day + hours{1}},
                                    .other = {.person = "nobody", .from = day, .to = day + hours{1}},
                                    .author = "ann",
                                    .comment = ""}));
  EXPECT_EQ(roster->oncall()->changes.overrides.size(), 2u);
}

TEST_F(Rosters, TurnsOutliveARestart) {
  auto roster = start({"A", "B"}, kMonday);
  roster->keep({{.policy = "p", .step = "1", .last = "A", .position = 0}});
  roster = start({"A", "B"}, kMonday);
  ASSERT_EQ(roster->turns().size(), 1u);
  EXPECT_EQ(roster->turns()[0].last, "A");
}

TEST_F(Rosters, WhatIsLongOverIsForgotten) {
  auto roster = start({"A", "B"}, kMonday);
  ASSERT_TRUE(roster->stand_in(stand_in("B", kMonday + hours{12}, kMonday + hours{14})));
  static_cast<void>(roster->take_handovers(kMonday + hours{24 * 30}));
  EXPECT_EQ(roster->oncall()->changes.overrides.size(), 1u);
  static_cast<void>(roster->take_handovers(kMonday + hours{24 * 33}));
  EXPECT_THAT(roster->oncall()->changes.overrides, IsEmpty());
}

TEST_F(Rosters, ALinkIsUsedOnce) {
  const auto roster = start({"A"}, kMonday);
  const auto first = history_->oncall().claim_link("n1", "ann", kMonday);
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->is_new);
  const auto again = history_->oncall().claim_link("n1", "bob", kMonday + hours{1});
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->is_new);
  EXPECT_EQ(again->actor, "ann");
  EXPECT_EQ(again->at, kMonday);
  ASSERT_TRUE(history_->oncall().forget_links(kMonday + hours{1}));
  EXPECT_TRUE(history_->oncall().claim_link("n1", "bob", kMonday)->is_new);
}

}  // namespace
}  // namespace sonde::app
