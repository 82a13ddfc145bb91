#pragma once

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/time_zone.h"
#include "rules/types.h"
#include "store/types.h"

namespace sonde::oncall {

/// A way to reach somebody, and when it is used.
struct ContactRule {
  std::string channel;                                ///< the name of a notify::Channel
  std::chrono::nanoseconds after{0};                  ///< since they were called; 0: at once
  rules::Severity at_least = rules::Severity::kInfo;  ///< what is less severe does not use it

  bool operator==(const ContactRule&) const = default;
};

struct Person {
  std::string name;       ///< what schedules, policies and actors say
  std::string full_name;  ///< for people; may be empty
  std::vector<ContactRule> contacts;

  bool operator==(const Person&) const = default;
};

enum class ShiftUnit : std::uint8_t { kHour, kDay, kWeek, kMonth };

constexpr std::string_view name_of(ShiftUnit unit) {
  switch (unit) {
    case ShiftUnit::kHour:
      return "hour";
    case ShiftUnit::kDay:
      return "day";
    case ShiftUnit::kWeek:
      return "week";
    case ShiftUnit::kMonth:
      return "month";
  }
  std::abort();
}

/// People who take turns. Shifts are as long as the clocks on the wall say: one over a change of the clocks is longer
/// or shorter. A shift that begins on a day that a month lacks begins on the month's last; the next ones come back to
/// it.
struct Rotation {
  std::vector<std::string> people;  ///< by name; each comes as often as it stands there
  ShiftUnit unit = ShiftUnit::kWeek;
  std::uint32_t length = 1;  ///< units of a shift: 1 to 9000
  LocalTime start{};         ///< of the first shift, which is the first person's; nobody before

  bool operator==(const Rotation&) const = default;
};

/// Hours in which a layer has somebody. The end is on the next day if it is not after the start.
/// units: minutes from midnight by the schedule's clocks, 0 to 1440; weekdays from 0, Sunday, of the start.
struct Restriction {
  std::vector<int> weekdays;  ///< empty: every day
  int first_minute = 0;
  int end_minute = 1440;  ///< excluded

  bool operator==(const Restriction&) const = default;
};

struct Layer {
  std::string name;
  Rotation rotation;
  std::vector<Restriction> restrictions;  ///< any; none: always
  std::optional<LocalTime> ends_at{};     ///< nobody from then on

  bool operator==(const Layer&) const = default;
};

/// Who is on call when, as it is planned.
struct Schedule {
  std::string name;
  std::string location;       ///< an IANA name; empty: UTC
  std::vector<Layer> layers;  ///< one that is later in the list goes before the ones above it, where it has somebody
  bool announces = true;      ///< whoever goes and whoever comes is told of it

  bool operator==(const Schedule&) const = default;
};

/// Somebody stands in for whoever is planned.
struct Override {
  std::string id;  ///< a UUID
  std::string schedule;
  std::string person;    ///< empty: nobody
  std::string replaces;  ///< whose shifts; empty: everybody's
  WallTime starts_at;
  WallTime ends_at;  ///< excluded
  std::string author;
  std::string comment;

  bool operator==(const Override&) const = default;
};

/// For some time a schedule is only what its shifts of this kind say: what lies between them is nobody's.
struct TemporaryShifts {
  struct Part {
    std::string person;
    WallTime starts_at;
    WallTime ends_at;

    bool operator==(const Part&) const = default;
  };

  std::string id;  ///< a UUID
  std::string schedule;
  WallTime starts_at;
  WallTime ends_at;  ///< excluded
  std::vector<Part> parts;
  std::string author;
  std::string comment;

  bool operator==(const TemporaryShifts&) const = default;
};

/// What people have changed of the plan.
struct Changes {
  std::vector<Override> overrides;  ///< a later one goes before the ones above it
  std::vector<TemporaryShifts> temporary;

  bool operator==(const Changes&) const = default;
};

/// Where a layer's rotation stands: kept, so that it goes on in the same order when people join or leave.
struct RotationPlace {
  std::string schedule;
  std::string layer;
  std::int64_t shift = 0;           ///< the number of a shift, from 0 at Rotation::start
  std::uint32_t position = 0;       ///< whose it is, in `people`
  std::vector<std::string> people;  ///< of the rotation, as they were then

  bool operator==(const RotationPlace&) const = default;
};

/// One person on call without a break.
struct Shift {
  std::string person;  ///< empty: nobody
  WallTime starts_at;
  WallTime ends_at;    ///< excluded
  std::string source;  ///< the layer's name, "override" or "temporary"; empty: nobody is planned

  bool operator==(const Shift&) const = default;
};

enum class TargetKind : std::uint8_t {
  kPerson,
  kSchedule,  ///< who is on call at that moment
  kChannel,
};

/// Whom a step calls.
struct Target {
  TargetKind kind = TargetKind::kPerson;
  std::string name;

  bool operator==(const Target&) const = default;
};

struct Step {
  std::string name;  ///< unique in its policy, and kept when others come and go
  std::vector<Target> targets;
  std::chrono::nanoseconds wait = std::chrono::minutes{5};  ///< for somebody to answer, before the next step
  bool round_robin = false;                                 ///< one target of all, each new incident the next
  rules::Severity at_least = rules::Severity::kInfo;        ///< left out for what is less severe
  std::vector<std::string> active_time_intervals{};         ///< it waits for one of these to begin; none: any time

  bool operator==(const Step&) const = default;
};

/// Who is called for an incident, and who if nobody answers.
struct Policy {
  std::string name;
  std::vector<store::Matcher> matchers;  ///< all, of an alert's labels; none: only receivers that name it use it
  std::vector<Step> steps;
  std::uint32_t repeat = 0;  ///< how often it begins anew after its last step

  bool operator==(const Policy&) const = default;
};

/// Whose turn it is in a step that calls one target of several.
struct RobinTurn {
  std::string policy;
  std::string step;
  std::string last;            ///< the target that was called last, by name
  std::uint32_t position = 0;  ///< its place, for when it is gone

  bool operator==(const RobinTurn&) const = default;
};

/// Who was last announced to be on call in a schedule.
struct Announced {
  std::string schedule;
  std::string person;  ///< empty: nobody

  bool operator==(const Announced&) const = default;
};

/// When somebody who has to call every so often last did.
struct Heartbeat {
  std::string name;
  WallTime at;

  bool operator==(const Heartbeat&) const = default;
};

/// Everything a configuration says about people.
struct Plan {
  std::vector<Person> people;
  std::vector<Schedule> schedules;
  std::vector<Policy> policies;        ///< the first whose matchers fit is an incident's
  std::vector<std::string> catch_all;  ///< channels that are told when nobody could be reached

  [[nodiscard]] bool empty() const { return people.empty() && schedules.empty() && policies.empty(); }
  bool operator==(const Plan&) const = default;
};

}  // namespace sonde::oncall
