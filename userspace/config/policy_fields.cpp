#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/routing_draft.h"
#include "config/spelling.h"

namespace sonde::config {
namespace {

using namespace std::chrono_literals;
using oncall::ContactRule;
using oncall::Person;
using oncall::Policy;
using oncall::Step;
using oncall::Target;
using oncall::TargetKind;
using ContactReading = Reading<ContactRule>;
using PersonReading = Reading<Person>;
using TargetReading = Reading<Target>;
using StepReading = Reading<Step>;
using PolicyReading = Reading<Policy>;

constexpr DurationRange kContactDelay{0s, 24h};
constexpr DurationRange kWait{0s, 7 * 24h};
constexpr CountRange kRepeats{0, 100};

bool read_used(const Value& value, std::string& into, std::vector<NameUse>& uses) {
  if (!value.read_text(into)) return false;
  uses.push_back({into, value.spot()});
  return true;
}

constexpr std::array kContactFields{
    Field<ContactReading>{"channel",
                          [](const Value& value, ContactReading& reading) {
                            return read_used(value, reading.into.channel, reading.draft.oncall.channels);
                          }},
    Field<ContactReading>{"after",
                          [](const Value& value, ContactReading& reading) {
                            return value.read_duration(reading.into.after, kContactDelay);
                          }},
    Field<ContactReading>{
        "severity",
        [](const Value& value, ContactReading& reading) { return read_severity(value, reading.into.at_least); }},
};

bool read_contact(const Value& value, ContactReading reading) {
  if (!read_fields<ContactReading>(value, kContactFields, reading)) return false;
  return !reading.into.channel.empty() || value.refuse("needs the name of a channel");
}

constexpr std::array kPersonFields{
    Field<PersonReading>{"name",
                         [](const Value& value, PersonReading& reading) { return value.read_text(reading.into.name); }},
    Field<PersonReading>{"full_name", [](const Value& value,
                                         PersonReading& reading) { return value.read_text(reading.into.full_name); }},
    Field<PersonReading>{"contacts",
                         [](const Value& value, PersonReading& reading) {
                           return read_items(value, reading.into.contacts, reading.draft, &read_contact);
                         }},
};

/// What a target may be, by its one key.
template <TargetKind kKind, std::vector<NameUse> OncallUses::*kUses>
bool read_target_name(const Value& value, TargetReading& reading) {
  if (!reading.into.name.empty()) return value.refuse("is one of person, schedule and channel: write an item for each");
  reading.into.kind = kKind;
  return read_used(value, reading.into.name, reading.draft.oncall.*kUses);
}

constexpr std::array kTargetFields{
    Field<TargetReading>{"person", &read_target_name<TargetKind::kPerson, &OncallUses::people>},
    Field<TargetReading>{"schedule", &read_target_name<TargetKind::kSchedule, &OncallUses::schedules>},
    Field<TargetReading>{"channel", &read_target_name<TargetKind::kChannel, &OncallUses::channels>},
};

bool read_target(const Value& value, TargetReading reading) {
  if (!read_fields<TargetReading>(value, kTargetFields, reading)) return false;
  return !reading.into.name.empty() || value.refuse("needs a person, a schedule or a channel");
}

bool read_intervals(const Value& value, StepReading& reading) {
  std::vector<std::string>& names = reading.into.active_time_intervals;
  if (!value.read_texts(names)) return false;
  for (const std::string& name : names) reading.draft.oncall.intervals.push_back({name, value.spot()});
  return true;
}

constexpr std::array kStepFields{
    Field<StepReading>{"name",
                       [](const Value& value, StepReading& reading) { return value.read_text(reading.into.name); }},
    Field<StepReading>{
        "wait", [](const Value& value, StepReading& reading) { return value.read_duration(reading.into.wait, kWait); }},
    Field<StepReading>{"notify",
                       [](const Value& value, StepReading& reading) {
                         return read_items(value, reading.into.targets, reading.draft, &read_target);
                       }},
    Field<StepReading>{
        "round_robin",
        [](const Value& value, StepReading& reading) { return read_yes_no(value, reading.into.round_robin); }},
    Field<StepReading>{"severity", [](const Value& value,
                                      StepReading& reading) { return read_severity(value, reading.into.at_least); }},
    Field<StepReading>{"active_time_intervals", &read_intervals},
};

bool read_step(const Value& value, StepReading reading) {
  if (!read_fields<StepReading>(value, kStepFields, reading)) return false;
  return !reading.into.targets.empty() || value.refuse("needs somebody to notify");
}

/// A step that has no name is called by its place, from 1.
bool read_steps(const Value& value, PolicyReading& reading) {
  std::vector<Step>& steps = reading.into.steps;
  if (!read_items(value, steps, reading.draft, &read_step)) return false;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].name.empty()) steps[i].name = std::to_string(i + 1);
    names.push_back(steps[i].name);
  }
  refuse_twice(std::move(names), "steps", value.spot(), value.log());
  return true;
}

constexpr std::array kPolicyFields{
    Field<PolicyReading>{"name",
                         [](const Value& value, PolicyReading& reading) { return value.read_text(reading.into.name); }},
    Field<PolicyReading>{"matchers",
                         [](const Value& value, PolicyReading& reading) {
                           return read_matchers(value, reading.into.matchers, reading.draft);
                         }},
    Field<PolicyReading>{
        "repeat",
        [](const Value& value, PolicyReading& reading) { return value.read_count(reading.into.repeat, kRepeats); }},
    Field<PolicyReading>{"steps", &read_steps},
};

}  // namespace

bool read_severity(const Value& value, rules::Severity& into) {
  constexpr std::array kSeverities{rules::Severity::kInfo, rules::Severity::kWarning, rules::Severity::kCritical};
  std::vector<std::string_view> names;
  for (const rules::Severity severity : kSeverities) names.push_back(name_of(severity));
  std::size_t index = 0;
  if (!value.read_choice(index, names)) return false;
  into = kSeverities[index];
  return true;
}

bool read_person(const Value& value, PersonReading reading) {
  if (!read_fields<PersonReading>(value, kPersonFields, reading)) return false;
  if (reading.into.name.empty()) return value.refuse("needs a name, which schedules and policies call them by");
  return !reading.into.contacts.empty() || value.refuse("needs contacts: nobody could reach them without");
}

bool read_policy(const Value& value, PolicyReading reading) {
  if (!read_fields<PolicyReading>(value, kPolicyFields, reading)) return false;
  if (reading.into.name.empty()) return value.refuse("needs a name, which receivers call it by");
  return !reading.into.steps.empty() || value.refuse("needs steps: without one nobody would be called");
}

}  // namespace sonde::config
