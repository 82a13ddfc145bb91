#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "app/alert_language.h"
#include "base/file.h"
#include "config/load.h"
#include "oncall/schedule_book.h"
#include "support/fake_secrets.h"

namespace sonde::config {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kNotify =
    "notify:\n"
    "  webhook: [{name: phone, url: 'http://a'}, {name: ops, url: 'http://b'}]\n"
    "  time_intervals: [{name: office, time_intervals: [{weekdays: [monday]}]}]\n";
const std::string kPeople =
    "oncall:\n"
    "  people:\n"
    "    - {name: ann, full_name: Ann Lee, contacts: [{channel: phone, after: 5m, severity: critical}, {channel: "
    "ops}]}\n"
    "    - {name: bob, contacts: [{channel: ops}]}\n";

Config loaded(const std::string& yaml) {
  const auto config = load(yaml, "f", {FakeSecrets{}, app::alert_language()});
  EXPECT_TRUE(config) << render_faults(config.error());
  return config ? *config : Config{};
}

std::string faults_of(const std::string& yaml) {
  const auto config = load(yaml, "f", {FakeSecrets{}, app::alert_language()});
  return config ? "" : render_faults(config.error());
}

LocalTime local(int year, unsigned month, unsigned day, std::chrono::minutes time) {
  const auto date = std::chrono::year{year} / static_cast<int>(month) / static_cast<int>(day);
  return std::chrono::local_days{date} + time;
}

TEST(OncallLoad, people_have_contacts) {
  const Config config = loaded(kPeople + kNotify);
  EXPECT_THAT(
      config.oncall.people,
      ElementsAre(
          oncall::Person{
              "ann", "Ann Lee", {{"phone", 5min, rules::Severity::kCritical}, {"ops", 0s, rules::Severity::kInfo}}},
          oncall::Person{"bob", "", {{"ops", 0s, rules::Severity::kInfo}}}));
  EXPECT_FALSE(config.oncall.empty());
  EXPECT_TRUE(loaded(kNotify).oncall.empty());
}

TEST(OncallLoad, schedules_have_layers) {
  const Config config = loaded(kPeople +
                               "  schedules:\n"
                               "    - name: primary\n"
                               "      time_zone: Europe/Berlin\n"
                               "      announce: false\n"
                               "      layers:\n"
                               "        - {name: week, people: [ann, bob], start: 2026-01-05T09:00}\n"
                               "        - name: nights\n"
                               "          people: bob\n"
                               "          every: 3mo\n"
                               "          start: '2026-01-31T22:30'\n"
                               "          until: 2027-01-01T00:00\n"
                               "          hours: [{weekdays: ['friday:monday', wednesday], from: '22:00', to: "
                               "'06:00'}, {weekdays: [sunday]}]\n" +
                               kNotify);
  const oncall::Layer week{"week", {{"ann", "bob"}, oncall::ShiftUnit::kWeek, 1, local(2026, 1, 5, 9h)}, {}, {}};
  const oncall::Layer nights{"nights",
                             {{"bob"}, oncall::ShiftUnit::kMonth, 3, local(2026, 1, 31, 22h + 30min)},
                             {{{5, 6, 0, 1, 3}, 1320, 360}, {{0}, 0, 1440}},
                             local(2027, 1, 1, 0min)};
  EXPECT_THAT(config.oncall.schedules,
              ElementsAre(oncall::Schedule{"primary", "Europe/Berlin", {week, nights}, false}));
  EXPECT_TRUE(oncall::ScheduleBook::compile(config.oncall));
}

TEST(OncallLoad, policies_have_steps) {
  const Config config = loaded(
      kPeople +
      "  schedules: [{name: primary, layers: [{name: all, people: [ann], start: 2026-01-05T09:00}]}]\n"
      "  policies:\n"
      "    - name: critical\n"
      "      matchers: ['severity=\"critical\"', 'team=db']\n"
      "      repeat: 2\n"
      "      steps:\n"
      "        - {name: first, wait: 1m, notify: [{schedule: primary}, {person: ann}, {channel: ops}]}\n"
      "        - {round_robin: true, severity: warning, active_time_intervals: [office], notify: [{person: bob}]}\n"
      "  catch_all: [ops]\n" +
      kNotify);
  const std::vector<store::Matcher> matchers{{"severity", store::MatchOperator::kEqual, "critical"},
                                             {"team", store::MatchOperator::kEqual, "db"}};
  const oncall::Step first{.name = "first",
                           .targets = {{oncall::TargetKind::kSchedule, "primary"},
                                       {oncall::TargetKind::kPerson, "ann"},
                                       {oncall::TargetKind::kChannel, "ops"}},
                           .wait = 1min};
  const oncall::Step second{.name = "2",
                            .targets = {{oncall::TargetKind::kPerson, "bob"}},
                            .wait = 5min,
                            .round_robin = true,
                            .at_least = rules::Severity::kWarning,
                            .active_time_intervals = {"office"}};
  EXPECT_THAT(config.oncall.policies, ElementsAre(oncall::Policy{"critical", matchers, {first, second}, 2}));
  EXPECT_THAT(config.oncall.catch_all, ElementsAre("ops"));
}

TEST(OncallLoad, a_receiver_names_its_policy) {
  const std::string routes =
      "  route: {receiver: team}\n  receivers: [{name: team, channels: [phone, ops], escalation: all}]\n";
  const std::string policy = "  policies: [{name: all, steps: [{notify: [{person: ann}]}]}]\n";
  const Config config = loaded(kPeople + policy + kNotify + routes);
  ASSERT_EQ(config.notify.receivers.size(), 1U);
  EXPECT_EQ(config.notify.receivers.front().escalation, "all");
  EXPECT_THAT(faults_of(kNotify + routes),
              HasSubstr("notify.receivers[0].escalation: there is no escalation policy 'all'"));
}

TEST(OncallLoad, a_channel_that_is_somebodys_contact_is_not_unused) {
  const std::string routes = "  route: {receiver: team}\n  receivers: [{name: team, channels: [ops]}]\n";
  EXPECT_THAT(loaded(kPeople + kNotify + routes).notices, IsEmpty());
  EXPECT_THAT(loaded(kNotify + routes).notices, testing::SizeIs(1));
}

struct FaultRow {
  const char* name;
  std::string yaml;  ///< below `oncall`
  const char* rendered;
};

class OncallFaults : public testing::TestWithParam<FaultRow> {};

TEST_P(OncallFaults, say_what_where_and_how_to_mend_it) {
  EXPECT_THAT(faults_of(kPeople + GetParam().yaml + kNotify), HasSubstr(GetParam().rendered));
}

FaultRow layer(const char* name, const std::string& keys, const char* rendered) {
  return {name, "  schedules: [{name: s, layers: [{name: l, " + keys + "}]}]\n", rendered};
}

FaultRow step(const char* name, const std::string& keys, const char* rendered) {
  return {name, "  policies: [{name: p, steps: [{" + keys + "}]}]\n", rendered};
}

INSTANTIATE_TEST_SUITE_P(
    Config, OncallFaults,
    testing::Values(
        layer("unknown_person", "people: [anne], start: 2026-01-05T09:00",
              "f:5:52: oncall.schedules[0].layers[0].people: there is no person 'anne', did you mean 'ann'?\n"),
        layer("nobody", "people: [], start: 2026-01-05T09:00", "layers[0].people: needs people who take turns\n"),
        layer("no_start", "people: [ann]", "layers[0]: needs a start, by the schedule's clocks"),
        layer("start_in_utc", "people: [ann], start: '2026-01-05T09:00Z'",
              "is no date and time by the schedule's clocks"),
        layer("start_on_no_day", "people: [ann], start: '2026-02-30T09:00'", "'2026-02-30T09:00' is no date and time"),
        layer("start_at_24", "people: [ann], start: '2026-02-03T24:00'", "is no date and time"),
        layer("every_never", "people: [ann], every: 0d, start: 2026-01-05T09:00",
              "'0d' is no length of a shift: write 12h"),
        layer("every_minute", "people: [ann], every: 5m, start: 2026-01-05T09:00", "'5m' is no length of a shift"),
        layer("every_long", "people: [ann], every: 9001w, start: 2026-01-05T09:00", "from 1 to 9000"),
        layer("until_before_start", "people: [ann], start: 2026-01-05T09:00, until: 2026-01-05T09:00",
              "until after its start"),
        layer("half_hours", "people: [ann], start: 2026-01-05T09:00, hours: [{from: '09:00'}]",
              "hours[0]: needs both from and to"),
        layer("bad_hours", "people: [ann], start: 2026-01-05T09:00, hours: [{from: '9', to: '10:00'}]",
              "hours[0].from: '9' is no time of day"),
        layer("hours_from_24", "people: [ann], start: 2026-01-05T09:00, hours: [{from: '24:00', to: '10:00'}]",
              "cannot be from 24:00"),
        layer("bad_weekday", "people: [ann], start: 2026-01-05T09:00, hours: [{weekdays: [mo]}]",
              "weekdays[0]: 'mo' cannot be read"),
        layer("unknown_key", "peple: [ann], start: 2026-01-05T09:00", "unknown key 'peple', did you mean 'people'?"),
        FaultRow{"layer_called_override",
                 "  schedules: [{name: s, layers: [{name: override, people: [ann], start: 2026-01-05T09:00}]}]\n",
                 "cannot be called 'override'"},
        FaultRow{"no_layers", "  schedules: [{name: s}]\n", "oncall.schedules[0]: needs layers"},
        FaultRow{"D20_unknown_zone", "  schedules: [{name: s, time_zone: Europe/Berlinn}]\n",
                 "f:5:36: oncall.schedules[0].time_zone: 'Europe/Berlinn' is no time zone of this system's database "
                 "(did you mean 'Europe/Berlin'?)"},
        FaultRow{"D20_zone_by_offset", "  schedules: [{name: s, time_zone: CET+1}]\n", "'CET+1' is no time zone"},
        FaultRow{"layers_of_one_name",
                 "  schedules: [{name: s, layers: [{name: l, people: [ann], start: 2026-01-05T09:00}, {name: l, "
                 "people: [ann], start: 2026-01-05T09:00}]}]\n",
                 "two layers are called 'l'"},
        FaultRow{"people_of_one_name", "    - {name: bob, contacts: [{channel: ops}]}\n",
                 "f:3:5: oncall.people: two people are called 'bob'"},
        FaultRow{"no_contacts", "    - {name: cyd}\n", "oncall.people[2]: needs contacts"},
        FaultRow{"unknown_channel", "    - {name: cyd, contacts: [{channel: phnoe}]}\n",
                 "f:5:40: oncall.people[2].contacts[0].channel: there is no channel 'phnoe', did you mean 'phone'?"},
        FaultRow{"bad_severity", "    - {name: cyd, contacts: [{channel: ops, severity: page}]}\n",
                 "'page' is none of info, warning, critical"},
        FaultRow{"unknown_catch_all", "  catch_all: [opps]\n",
                 "oncall.catch_all: there is no channel 'opps', did you mean 'ops'?"},
        FaultRow{"no_steps", "  policies: [{name: p}]\n", "oncall.policies[0]: needs steps"},
        FaultRow{"policy_without_name", "  policies: [{steps: [{notify: [{person: ann}]}]}]\n",
                 "oncall.policies[0]: needs a name"},
        FaultRow{"bad_matcher", "  policies: [{name: p, matchers: ['a=~\"(\"'], steps: [{notify: [{person: ann}]}]}]\n",
                 "oncall.policies[0].matchers[0]"},
        FaultRow{"steps_of_one_name",
                 "  policies: [{name: p, steps: [{name: a, notify: [{person: ann}]}, {name: a, notify: [{person: "
                 "ann}]}]}]\n",
                 "two steps are called 'a'"},
        step("step_for_nobody", "wait: 5m", "steps[0]: needs somebody to notify"),
        step("two_in_one_target", "notify: [{person: ann, channel: ops}]", "is one of person, schedule and channel"),
        step("empty_target", "notify: [{}]", "notify[0]: needs a person, a schedule or a channel"),
        step("unknown_schedule", "notify: [{schedule: primary}]", "there is no schedule 'primary'"),
        step("unknown_called_person", "notify: [{person: bbo}]", "there is no person 'bbo', did you mean 'bob'?"),
        step("unknown_interval", "active_time_intervals: [ofice], notify: [{person: ann}]",
             "there is no time interval 'ofice', did you mean 'office'?"),
        step("long_wait", "wait: 8d, notify: [{person: ann}]", "write a duration from 0s to 1w")),
    [](const auto& row) { return std::string(row.param.name); });

TEST(OncallLoad, the_example_of_the_documentation_loads) {
  const auto text = read_file(std::string(SONDE_TESTS_DIR) + "/../docs/oncall.md");
  ASSERT_TRUE(text);
  const std::size_t begin = text->find("```yaml\n") + 8;
  const Config config = loaded(text->substr(begin, text->find("```", begin) - begin));
  EXPECT_EQ(config.oncall.policies.size(), 1U);
  EXPECT_TRUE(oncall::ScheduleBook::compile(config.oncall));
}

}  // namespace
}  // namespace sonde::config
