#include "oncall/schedule_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "unit/oncall/sample_plan.h"

namespace sonde::oncall {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Restriction kOffice{.weekdays = {}, .first_minute = 540, .end_minute = 1020};

std::string who(const ScheduleBook& book, const std::string& at) { return book.on_call("primary", utc(at)).person; }

Shift shift(const std::string& person, const std::string& from, const std::string& to, const std::string& source) {
  return {.person = person, .starts_at = utc(from), .ends_at = utc(to), .source = source};
}

Layer turns_of(std::vector<std::string> people, ShiftUnit unit, const std::string& start) {
  return {.name = "turns", .rotation = rotation(std::move(people), unit, 1, start), .restrictions = {}};
}

TEST(ScheduleBook, D10_a_restriction_follows_the_clocks) {
  const ScheduleBook london = book(plan({always("office", "ann", {kOffice})}, "Europe/London"));
  EXPECT_THAT(london.shifts("primary", utc("2026-10-24T00:00Z"), utc("2026-10-25T00:00Z")),
              ElementsAre(shift("", "2026-10-24T00:00Z", "2026-10-24T08:00Z", ""),
                          shift("ann", "2026-10-24T08:00Z", "2026-10-24T16:00Z", "office"),
                          shift("", "2026-10-24T16:00Z", "2026-10-25T00:00Z", "")));
  EXPECT_EQ(who(london, "2026-10-26T08:30Z"), "");
  EXPECT_EQ(who(london, "2026-10-26T09:00Z"), "ann");
  EXPECT_EQ(who(london, "2026-10-26T16:59:59Z"), "ann");
  EXPECT_EQ(who(london, "2026-10-26T17:00Z"), "");
}

TEST(ScheduleBook, D11_a_layer_goes_before_those_above_it) {
  const ScheduleBook layers = book(plan({always("all", "ann"), always("office", "bob", {kOffice})}));
  EXPECT_EQ(who(layers, "2026-06-01T08:59:59Z"), "ann");
  EXPECT_EQ(who(layers, "2026-06-01T09:00Z"), "bob");
  EXPECT_EQ(who(layers, "2026-06-01T17:00Z"), "ann");
  EXPECT_EQ(layers.on_call("primary", utc("2026-06-01T12:00Z")).source, "office");
}

TEST(ScheduleBook, D12_an_override_stands_in_and_the_rotation_goes_on) {
  const Plan daily = plan({turns_of({"ann", "bob"}, ShiftUnit::kDay, "2026-05-31T00:00")});
  const ScheduleBook changed =
      book(daily, {.overrides = {stand_in("cyd", "2026-06-01T10:00Z", "2026-06-01T12:00Z")}, .temporary = {}});
  EXPECT_EQ(who(changed, "2026-06-01T09:59:59Z"), "bob");
  EXPECT_EQ(changed.on_call("primary", utc("2026-06-01T10:00Z")), (OnCall{"cyd", "override"}));
  EXPECT_EQ(who(changed, "2026-06-01T11:59:59Z"), "cyd");
  EXPECT_EQ(who(changed, "2026-06-01T12:00Z"), "bob");
  const ScheduleBook plain = book(daily);
  for (int day = 1; day < 30; ++day) {
    const WallTime at = utc("2026-06-02T00:00Z") + std::chrono::days{day};
    EXPECT_EQ(changed.on_call("primary", at), plain.on_call("primary", at));
  }
}

TEST(ScheduleBook, D14_an_override_over_a_change_of_the_clocks_is_as_long_as_time_passes) {
  const TimeZone chicago = zone("America/Chicago");
  Override night = stand_in("cyd", "2026-11-01T00:00Z", "2026-11-01T00:00Z");
  night.starts_at = chicago.from_local(local("2026-11-01T00:00"));
  night.ends_at = chicago.from_local(local("2026-11-01T04:00"));
  const ScheduleBook changed =
      book(plan({always("all", "ann")}, "America/Chicago"), {.overrides = {night}, .temporary = {}});
  EXPECT_THAT(changed.shifts("primary", utc("2026-11-01T04:00Z"), utc("2026-11-01T11:00Z")),
              ElementsAre(shift("ann", "2026-11-01T04:00Z", "2026-11-01T05:00Z", "all"),
                          shift("cyd", "2026-11-01T05:00Z", "2026-11-01T10:00Z", "override"),
                          shift("ann", "2026-11-01T10:00Z", "2026-11-01T11:00Z", "all")));
}

TEST(ScheduleBook, a_later_override_goes_before_an_earlier_one) {
  const ScheduleBook changed =
      book(plan({always("all", "ann")}), {.overrides = {stand_in("bob", "2026-06-01T10:00Z", "2026-06-01T14:00Z"),
                                                        stand_in("cyd", "2026-06-01T12:00Z", "2026-06-01T13:00Z")},
                                          .temporary = {}});
  EXPECT_EQ(who(changed, "2026-06-01T11:59:59Z"), "bob");
  EXPECT_EQ(who(changed, "2026-06-01T12:00Z"), "cyd");
  EXPECT_EQ(who(changed, "2026-06-01T13:00Z"), "bob");
}

TEST(ScheduleBook, an_override_may_replace_one_person_alone) {
  Override change = stand_in("cyd", "2026-06-01T00:00Z", "2026-06-08T00:00Z");
  change.replaces = "bob";
  const ScheduleBook changed = book(plan({turns_of({"ann", "bob"}, ShiftUnit::kDay, "2026-06-01T00:00")}),
                                    {.overrides = {change}, .temporary = {}});
  EXPECT_EQ(who(changed, "2026-06-01T12:00Z"), "ann");
  EXPECT_EQ(who(changed, "2026-06-02T12:00Z"), "cyd");
  EXPECT_EQ(who(changed, "2026-06-03T12:00Z"), "ann");
  EXPECT_EQ(who(changed, "2026-06-04T12:00Z"), "cyd");
}

TEST(ScheduleBook, an_override_without_a_person_leaves_nobody) {
  const ScheduleBook changed =
      book(plan({always("all", "ann")}),
           {.overrides = {stand_in("", "2026-06-01T10:00Z", "2026-06-01T14:00Z")}, .temporary = {}});
  EXPECT_EQ(changed.on_call("primary", utc("2026-06-01T10:00Z")), (OnCall{"", "override"}));
  EXPECT_EQ(who(changed, "2026-06-01T14:00Z"), "ann");
}

TEST(ScheduleBook, temporary_shifts_replace_everything) {
  const TemporaryShifts fair{.id = "22222222-2222-4222-8222-222222222222",
                             .schedule = "primary",
                             .starts_at = utc("2026-06-01T08:00Z"),
                             .ends_at = utc("2026-06-01T20:00Z"),
                             .parts = {{"bob", utc("2026-06-01T09:00Z"), utc("2026-06-01T12:00Z")}},
                             .author = "ann",
                             .comment = ""};
  const ScheduleBook changed =
      book(plan({always("all", "ann")}),
           {.overrides = {stand_in("cyd", "2026-06-01T10:00Z", "2026-06-01T22:00Z")}, .temporary = {fair}});
  EXPECT_THAT(changed.shifts("primary", utc("2026-06-01T07:00Z"), utc("2026-06-01T23:00Z")),
              ElementsAre(shift("ann", "2026-06-01T07:00Z", "2026-06-01T08:00Z", "all"),
                          shift("", "2026-06-01T08:00Z", "2026-06-01T09:00Z", "temporary"),
                          shift("bob", "2026-06-01T09:00Z", "2026-06-01T12:00Z", "temporary"),
                          shift("", "2026-06-01T12:00Z", "2026-06-01T20:00Z", "temporary"),
                          shift("cyd", "2026-06-01T20:00Z", "2026-06-01T22:00Z", "override"),
                          shift("ann", "2026-06-01T22:00Z", "2026-06-01T23:00Z", "all")));
}

TEST(ScheduleBook, hours_over_midnight_belong_to_the_day_they_begin_on) {
  const ScheduleBook nights =
      book(plan({always("nights", "ann", {{.weekdays = {5}, .first_minute = 1320, .end_minute = 360}})}));
  EXPECT_THAT(nights.shifts("primary", utc("2026-06-05T00:00Z"), utc("2026-06-12T00:00Z")),
              ElementsAre(shift("", "2026-06-05T00:00Z", "2026-06-05T22:00Z", ""),
                          shift("ann", "2026-06-05T22:00Z", "2026-06-06T06:00Z", "nights"),
                          shift("", "2026-06-06T06:00Z", "2026-06-12T00:00Z", "")));
  EXPECT_EQ(who(nights, "2026-06-06T05:59:59Z"), "ann");
  EXPECT_EQ(who(nights, "2026-06-05T05:59:59Z"), "");
}

TEST(ScheduleBook, a_layer_ends_when_it_says) {
  Layer summer = always("summer", "ann");
  summer.ends_at = local("2026-06-01T12:00");
  const ScheduleBook berlin = book(plan({summer}, "Europe/Berlin"));
  EXPECT_EQ(who(berlin, "2026-06-01T09:59:59Z"), "ann");
  EXPECT_EQ(who(berlin, "2026-06-01T10:00Z"), "");
  EXPECT_THAT(berlin.shifts("primary", utc("2026-06-02T00:00Z"), utc("2026-06-03T00:00Z")), SizeIs(1));
}

TEST(ScheduleBook, shifts_of_one_person_and_source_are_one) {
  const ScheduleBook alone = book(plan({turns_of({"ann"}, ShiftUnit::kHour, "2026-01-01T00:00")}));
  EXPECT_THAT(alone.shifts("primary", utc("2026-06-01T00:00Z"), utc("2026-06-02T00:00Z")),
              ElementsAre(shift("ann", "2026-06-01T00:00Z", "2026-06-02T00:00Z", "turns")));
}

TEST(ScheduleBook, a_schedule_that_is_not_there_has_nobody) {
  const ScheduleBook one = book(plan({always("all", "ann")}));
  EXPECT_FALSE(one.knows("secondary"));
  EXPECT_EQ(one.on_call("secondary", utc("2026-06-01T00:00Z")), OnCall{});
  EXPECT_THAT(one.shifts("secondary", utc("2026-06-01T00:00Z"), utc("2026-06-02T00:00Z")), IsEmpty());
  EXPECT_FALSE(one.next_hand_off("secondary", utc("2026-06-01T00:00Z")));
}

TEST(ScheduleBook, gives_the_whole_shift_of_a_moment) {
  const ScheduleBook weeks =
      book(plan({turns_of({"ann", "bob"}, ShiftUnit::kWeek, "2026-01-05T09:00")}, "Europe/Berlin"));
  EXPECT_EQ(weeks.shift_at("primary", utc("2026-03-27T00:00Z")),
            shift("bob", "2026-03-23T08:00Z", "2026-03-30T07:00Z", "turns"));
  const ScheduleBook alone = book(plan({always("all", "ann")}));
  EXPECT_EQ(alone.shift_at("primary", utc("2026-03-27T00:00Z")).starts_at, utc("2026-01-01T00:00Z"));
  EXPECT_EQ(alone.shift_at("primary", utc("2026-03-27T00:00Z")).ends_at, utc("2027-03-28T00:00Z"));
}

TEST(ScheduleBook, D21_a_hand_off_is_where_the_person_changes) {
  Plan two = plan({always("all", "ann"), always("office", "ann", {kOffice}),
                   turns_of({"ann", "bob"}, ShiftUnit::kDay, "2026-06-01T00:00")});
  two.schedules.front().layers.back().ends_at = local("2026-06-03T00:00");
  const ScheduleBook changing = book(two);
  EXPECT_THAT(
      changing.hand_offs("primary", utc("2026-06-01T00:00Z"), utc("2026-06-20T00:00Z")),
      ElementsAre(HandOff{utc("2026-06-02T00:00Z"), "ann", "bob"}, HandOff{utc("2026-06-03T00:00Z"), "bob", "ann"}));
  EXPECT_EQ(changing.next_hand_off("primary", utc("2026-06-02T00:00Z")),
            (HandOff{utc("2026-06-03T00:00Z"), "bob", "ann"}));
  EXPECT_FALSE(changing.next_hand_off("primary", utc("2026-06-03T00:00Z")));
}

TEST(ScheduleBook, shifts_at_the_ends_of_a_span_may_be_whole) {
  const ScheduleBook weeks = book(plan({{.name = "week",
                                         .rotation = rotation({"ann", "bob"}, ShiftUnit::kWeek, 1, "2026-06-01T09:00"),
                                         .restrictions = {}}}));
  const auto whole = weeks.whole_shifts("primary", utc("2026-06-03T00:00Z"), utc("2026-06-10T00:00Z"));
  ASSERT_EQ(whole.size(), 2u);
  EXPECT_EQ(whole.front(), weeks.shift_at("primary", utc("2026-06-03T00:00Z")));
  EXPECT_EQ(whole.front().starts_at, utc("2026-06-01T09:00Z"));
  EXPECT_EQ(whole.back().ends_at, utc("2026-06-15T09:00Z"));
  EXPECT_TRUE(weeks.whole_shifts("nothing", utc("2026-06-03T00:00Z"), utc("2026-06-10T00:00Z")).empty());
}

TEST(ScheduleBook, D21_every_hand_off_is_found_once_however_often_one_looks) {
  const ScheduleBook daily = book(plan({turns_of({"ann", "bob"}, ShiftUnit::kDay, "2026-06-01T00:00")}));
  std::size_t found = 0;
  for (WallTime at = utc("2026-06-01T12:00Z"); at < utc("2026-06-11T12:00Z"); at += 90min) {
    found += daily.hand_offs("primary", at, at + 90min).size();
  }
  EXPECT_EQ(found, 10U);
  EXPECT_THAT(daily.hand_offs("primary", utc("2026-06-01T12:00Z"), utc("2026-06-02T00:00Z")), SizeIs(1));
  EXPECT_THAT(daily.hand_offs("primary", utc("2026-06-02T00:00Z"), utc("2026-06-02T12:00Z")), IsEmpty());
}

TEST(ScheduleBook, D16_goes_on_from_the_places_that_were_kept) {
  const Plan daily = plan({turns_of({"ann", "bob", "cyd"}, ShiftUnit::kDay, "2026-06-01T00:00")});
  const std::vector<RotationPlace> kept{{"primary", "turns", 4, 0, {"ann", "bob", "cyd"}}};
  const ScheduleBook restarted = book(daily, {}, kept);
  EXPECT_EQ(who(restarted, "2026-06-05T12:00Z"), "ann");
  EXPECT_EQ(who(restarted, "2026-06-06T12:00Z"), "bob");
  const auto places = current_places(daily, kept, utc("2026-06-06T12:00Z"));
  ASSERT_TRUE(places);
  EXPECT_EQ(*places, kept);
}

TEST(ScheduleBook, D15_places_are_adapted_where_people_left_and_made_where_none_are) {
  const std::vector<RotationPlace> kept{{"primary", "turns", 4, 1, {"ann", "bob", "cyd"}},
                                        {"gone", "turns", 4, 1, {"ann"}}};
  const Plan fewer = plan({turns_of({"ann", "cyd"}, ShiftUnit::kDay, "2026-06-01T00:00"), always("all", "ann")});
  const auto places = current_places(fewer, kept, utc("2026-06-05T12:00Z"));
  ASSERT_TRUE(places) << places.error().what;
  EXPECT_THAT(*places, ElementsAre(RotationPlace{"primary", "turns", 4, 1, {"ann", "cyd"}},
                                   RotationPlace{"primary", "all", 0, 0, {"ann"}}));
}

TEST(ScheduleBook, changes_of_people_and_schedules_that_are_gone_are_left_out_and_told) {
  Override of_a_stranger = stand_in("dan", "2026-06-01T10:00Z", "2026-06-01T14:00Z");
  Override elsewhere = stand_in("bob", "2026-06-01T10:00Z", "2026-06-01T14:00Z");
  elsewhere.schedule = "primary2";
  const ScheduleBook changed =
      book(plan({always("all", "ann")}), {.overrides = {of_a_stranger, elsewhere}, .temporary = {}});
  EXPECT_EQ(who(changed, "2026-06-01T12:00Z"), "ann");
  EXPECT_THAT(changed.notices(),
              ElementsAre(HasSubstr("there is no person 'dan'"), HasSubstr("did you mean 'primary'?")));
}

struct BadPlan {
  const char* name;
  Plan plan;
  const char* says;
};

class BadPlans : public testing::TestWithParam<BadPlan> {};

TEST_P(BadPlans, are_refused) {
  const auto compiled = ScheduleBook::compile(GetParam().plan);
  ASSERT_FALSE(compiled);
  EXPECT_THAT(compiled.error().what, HasSubstr(GetParam().says));
}

Layer ending(const std::string& at) {
  Layer layer = always("all", "ann");
  layer.ends_at = local(at);
  return layer;
}

Plan twice(const Plan& one) {
  Plan two = one;
  two.schedules.push_back(one.schedules.front());
  return two;
}

INSTANTIATE_TEST_SUITE_P(
    ScheduleBook, BadPlans,
    testing::Values(
        BadPlan{"D20_unknown_zone", plan({always("all", "ann")}, "Europe/Berlinn"), "did you mean 'Europe/Berlin'?"},
        BadPlan{"D20_zone_by_offset", plan({always("all", "ann")}, "CET+1"),
                "schedule 'primary': 'CET+1' is no time zone"},
        BadPlan{"no_people", plan({turns_of({}, ShiftUnit::kDay, "2026-01-01T00:00")}),
                "schedule 'primary': layer 'turns': a rotation needs people"},
        BadPlan{"unknown_person", plan({always("all", "anne")}), "no person 'anne', did you mean 'ann'?"},
        BadPlan{"layers_of_one_name", plan({always("all", "ann"), always("all", "bob")}),
                "two layers are called 'all'"},
        BadPlan{"layer_without_name", plan({always("", "ann")}), "every layer needs a name"},
        BadPlan{"layer_with_a_name_of_ours", plan({always("override", "ann")}), "no layer can be called 'override'"},
        BadPlan{"schedules_of_one_name", twice(plan({always("all", "ann")})),
                "more than one schedule called 'primary'"},
        BadPlan{"hours_beyond_the_day",
                plan({always("all", "ann", {{.weekdays = {}, .first_minute = 0, .end_minute = 1441}})}),
                "from 00:00 to 24:00"},
        BadPlan{"hours_from_24",
                plan({always("all", "ann", {{.weekdays = {}, .first_minute = 1440, .end_minute = 60}})}),
                "cannot begin at 24:00"},
        BadPlan{"weekday_7", plan({always("all", "ann", {{.weekdays = {7}, .first_minute = 0, .end_minute = 60}})}),
                "a weekday must be"},
        BadPlan{"end_before_start", plan({ending("2025-06-01T00:00")}), "it must end after it starts"}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace sonde::oncall
