#include "oncall/changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>

#include "unit/oncall/sample_plan.h"

namespace sonde::oncall {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::string kFirst = "11111111-1111-4111-8111-111111111111";
const std::string kSecond = "22222222-2222-4222-8222-222222222222";
const std::string kThird = "33333333-3333-4333-8333-333333333333";

Plan weekly() {
  return plan({{.name = "week",
                .rotation = rotation({"ann", "bob", "cyd"}, ShiftUnit::kWeek, 1, "2026-06-01T09:00"),
                .restrictions = {}}});
}

Override second(const std::string& person, const std::string& from, const std::string& to) {
  Override change = stand_in(person, from, to);
  change.id = kSecond;
  return change;
}

TemporaryShifts fair(std::vector<TemporaryShifts::Part> parts) {
  return {.id = kThird,
          .schedule = "primary",
          .starts_at = utc("2026-07-01T00:00Z"),
          .ends_at = utc("2026-07-03T00:00Z"),
          .parts = std::move(parts),
          .author = "ann",
          .comment = "trade fair"};
}

TEST(Changes, are_added_in_order_and_taken_back) {
  Changes changes;
  ASSERT_TRUE(add_override(weekly(), changes, stand_in("cyd", "2026-06-02T10:00Z", "2026-06-02T12:00Z")));
  ASSERT_TRUE(add_override(weekly(), changes, second("bob", "2026-06-02T10:00Z", "2026-06-02T12:00Z")));
  ASSERT_TRUE(add_temporary(weekly(), changes, fair({{"ann", utc("2026-07-01T08:00Z"), utc("2026-07-01T18:00Z")}})));
  ASSERT_THAT(changes.overrides, SizeIs(2));
  EXPECT_EQ(changes.overrides.back().person, "bob");
  EXPECT_EQ(book(weekly(), changes).on_call("primary", utc("2026-06-02T11:00Z")).person, "bob");
  EXPECT_TRUE(remove_change(changes, kSecond));
  EXPECT_TRUE(remove_change(changes, kThird));
  EXPECT_THAT(changes.temporary, IsEmpty());
  EXPECT_EQ(book(weekly(), changes).on_call("primary", utc("2026-06-02T11:00Z")).person, "cyd");
  const auto again = remove_change(changes, kThird);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::kNotFound);
}

struct BadOverride {
  const char* name;
  std::function<void(Override&)> spoil;
  Code code;
  const char* says;
};

class BadOverrides : public testing::TestWithParam<BadOverride> {};

TEST_P(BadOverrides, are_refused) {
  Changes changes;
  ASSERT_TRUE(add_override(weekly(), changes, stand_in("cyd", "2026-06-02T10:00Z", "2026-06-02T12:00Z")));
  Override bad = second("bob", "2026-06-02T10:00Z", "2026-06-02T12:00Z");
  GetParam().spoil(bad);
  const auto added = add_override(weekly(), changes, bad);
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, GetParam().code);
  EXPECT_THAT(added.error().what, HasSubstr(GetParam().says));
  EXPECT_THAT(changes.overrides, SizeIs(1));
}

INSTANTIATE_TEST_SUITE_P(
    Changes, BadOverrides,
    testing::Values(
        BadOverride{"unknown_schedule", [](Override& bad) { bad.schedule = "primry"; }, Code::kBadInput,
                    "no schedule 'primry', did you mean 'primary'?"},
        BadOverride{"unknown_person", [](Override& bad) { bad.person = "bbo"; }, Code::kBadInput,
                    "did you mean 'bob'?"},
        BadOverride{"unknown_replaced", [](Override& bad) { bad.replaces = "dan"; }, Code::kBadInput,
                    "no person 'dan'"},
        BadOverride{"for_oneself", [](Override& bad) { bad.replaces = "bob"; }, Code::kBadInput, "for themselves"},
        BadOverride{"without_length", [](Override& bad) { bad.ends_at = bad.starts_at; }, Code::kBadInput, "end after"},
        BadOverride{"too_long", [](Override& bad) { bad.ends_at += std::chrono::days{366}; }, Code::kBadInput,
                    "a year"},
        BadOverride{"long_comment", [](Override& bad) { bad.comment.assign(1025, 'a'); }, Code::kBadInput,
                    "1024 bytes"},
        BadOverride{"bad_text", [](Override& bad) { bad.comment = "\xff"; }, Code::kBadInput, "UTF-8"},
        BadOverride{"bad_id", [](Override& bad) { bad.id = "7"; }, Code::kBadInput, "UUID"},
        BadOverride{"same_id", [](Override& bad) { bad.id = kFirst; }, Code::kConflict, "already"},
        BadOverride{"same_person_at_that_time", [](Override& bad) { bad.person = "cyd"; }, Code::kConflict,
                    "by the override 11111111-1111-4111-8111-111111111111"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Changes, the_same_person_may_stand_in_again_when_the_first_time_is_over) {
  Changes changes;
  ASSERT_TRUE(add_override(weekly(), changes, stand_in("cyd", "2026-06-02T10:00Z", "2026-06-02T12:00Z")));
  EXPECT_TRUE(add_override(weekly(), changes, second("cyd", "2026-06-02T12:00Z", "2026-06-02T13:00Z")));
}

struct BadParts {
  const char* name;
  std::vector<TemporaryShifts::Part> parts;
  const char* says;
};

class BadTemporary : public testing::TestWithParam<BadParts> {};

TEST_P(BadTemporary, shifts_are_refused) {
  Changes changes;
  const auto added = add_temporary(weekly(), changes, fair(GetParam().parts));
  ASSERT_FALSE(added);
  EXPECT_THAT(added.error().what, HasSubstr(GetParam().says));
  EXPECT_THAT(changes.temporary, IsEmpty());
}

TemporaryShifts::Part part(const std::string& person, const std::string& from, const std::string& to) {
  return {.person = person, .starts_at = utc(from), .ends_at = utc(to)};
}

INSTANTIATE_TEST_SUITE_P(
    Changes, BadTemporary,
    testing::Values(
        BadParts{"unknown_person", {part("dan", "2026-07-01T08:00Z", "2026-07-01T09:00Z")}, "no person 'dan'"},
        BadParts{"nobody", {part("", "2026-07-01T08:00Z", "2026-07-01T09:00Z")}, "no person ''"},
        BadParts{"without_length", {part("ann", "2026-07-01T08:00Z", "2026-07-01T08:00Z")}, "end after"},
        BadParts{"outside", {part("ann", "2026-07-02T08:00Z", "2026-07-03T00:01Z")}, "must lie between"},
        BadParts{"two_at_once",
                 {part("ann", "2026-07-01T12:00Z", "2026-07-01T14:00Z"),
                  part("bob", "2026-07-01T11:00Z", "2026-07-01T12:01Z")},
                 "parts of 'bob' and 'ann' overlap"},
        BadParts{"too_many", std::vector(1001, part("ann", "2026-07-01T12:00Z", "2026-07-01T14:00Z")), "1000"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Changes, some_time_has_temporary_shifts_once) {
  Changes changes;
  ASSERT_TRUE(add_temporary(weekly(), changes, fair({})));
  TemporaryShifts other = fair({});
  other.id = kSecond;
  other.starts_at = utc("2026-07-02T23:00Z");
  other.ends_at = utc("2026-07-04T00:00Z");
  const auto added = add_temporary(weekly(), changes, other);
  ASSERT_FALSE(added);
  EXPECT_THAT(added.error().what, HasSubstr(kThird));
  other.starts_at = utc("2026-07-03T00:00Z");
  EXPECT_TRUE(add_temporary(weekly(), changes, other));
}

Swap swap_of(Swap::Side one, Swap::Side other) {
  return {
      .schedule = "primary", .one = std::move(one), .other = std::move(other), .author = "ann", .comment = "holiday"};
}

Swap::Side side(const std::string& person, const std::string& from, const std::string& to) {
  return {.person = person, .from = utc(from), .to = utc(to)};
}

TEST(Changes, a_swap_is_two_overrides) {
  const ScheduleBook before = book(weekly());
  // ann: from 1 June, bob: from 8 June, each 09:00.
  const auto planned = plan_swap(before,
                                 swap_of(side("ann", "2026-06-01T09:00Z", "2026-06-01T10:00Z"),
                                         side("bob", "2026-06-08T00:00Z", "2026-06-09T00:00Z")),
                                 {kFirst, kSecond});
  ASSERT_TRUE(planned) << planned.error().what;
  EXPECT_EQ(planned->first, (Override{kFirst, "primary", "bob", "ann", utc("2026-06-01T09:00Z"),
                                      utc("2026-06-08T09:00Z"), "ann", "holiday"}));
  Changes changes;
  ASSERT_TRUE(add_override(weekly(), changes, planned->first));
  ASSERT_TRUE(add_override(weekly(), changes, planned->second));
  const ScheduleBook after = book(weekly(), changes);
  EXPECT_EQ(after.on_call("primary", utc("2026-06-02T00:00Z")).person, "bob");
  EXPECT_EQ(after.on_call("primary", utc("2026-06-09T00:00Z")).person, "ann");
  EXPECT_EQ(after.on_call("primary", utc("2026-06-16T00:00Z")).person, "cyd");
  EXPECT_EQ(after.on_call("primary", utc("2026-06-23T00:00Z")).person, "ann");
}

TEST(Changes, a_swap_of_several_shifts_leaves_those_of_others_between_them) {
  const Plan daily = plan(
      {{.name = "day",
        .rotation = rotation({"ann", "cyd"}, ShiftUnit::kDay, 1, "2026-06-01T00:00"),
        .restrictions = {}},
       {.name = "july", .rotation = rotation({"bob"}, ShiftUnit::kDay, 1, "2026-07-01T00:00"), .restrictions = {}}});
  const auto planned = plan_swap(book(daily),
                                 swap_of(side("ann", "2026-06-01T00:00Z", "2026-06-06T00:00Z"),
                                         side("bob", "2026-07-01T00:00Z", "2026-07-02T00:00Z")),
                                 {kFirst, kSecond});
  ASSERT_TRUE(planned) << planned.error().what;
  const ScheduleBook after = book(daily, {.overrides = {planned->first}, .temporary = {}});
  std::string order;
  for (int day = 0; day < 7; ++day) {
    order += after.on_call("primary", utc("2026-06-01T12:00Z") + std::chrono::days{day}).person.front();
  }
  EXPECT_EQ(order, "bcbcbca");
}

struct BadSwap {
  const char* name;
  Swap swap;
  Code code;
};

class BadSwaps : public testing::TestWithParam<BadSwap> {};

TEST_P(BadSwaps, are_refused) {
  const auto planned = plan_swap(book(weekly()), GetParam().swap, {kFirst, kSecond});
  ASSERT_FALSE(planned);
  EXPECT_EQ(planned.error().code, GetParam().code) << planned.error().what;
}

Swap elsewhere() {
  Swap swap = swap_of(side("ann", "2026-06-01T09:00Z", "2026-06-01T10:00Z"),
                      side("bob", "2026-06-08T00:00Z", "2026-06-09T00:00Z"));
  swap.schedule = "secondary";
  return swap;
}

INSTANTIATE_TEST_SUITE_P(Changes, BadSwaps,
                         testing::Values(BadSwap{"no_such_schedule", elsewhere(), Code::kBadInput},
                                         BadSwap{"with_oneself",
                                                 swap_of(side("ann", "2026-06-01T09:00Z", "2026-06-01T10:00Z"),
                                                         side("ann", "2026-06-22T00:00Z", "2026-06-23T00:00Z")),
                                                 Code::kBadInput},
                                         BadSwap{"with_nobody",
                                                 swap_of(side("ann", "2026-06-01T09:00Z", "2026-06-01T10:00Z"),
                                                         side("", "2026-06-22T00:00Z", "2026-06-23T00:00Z")),
                                                 Code::kBadInput},
                                         BadSwap{"no_shift_begins",
                                                 swap_of(side("ann", "2026-06-01T09:01Z", "2026-06-01T10:00Z"),
                                                         side("bob", "2026-06-08T00:00Z", "2026-06-09T00:00Z")),
                                                 Code::kNotFound},
                                         BadSwap{"shifts_between_each_other",
                                                 swap_of(side("ann", "2026-06-01T00:00Z", "2026-07-01T00:00Z"),
                                                         side("bob", "2026-06-08T00:00Z", "2026-06-09T00:00Z")),
                                                 Code::kConflict}),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace sonde::oncall
