#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "oncall/compiled_schedule.h"
#include "oncall/types.h"

namespace sonde::oncall {

/// The moment at which somebody else is on call.
struct HandOff {
  WallTime at;
  std::string leaves;  ///< empty: nobody was on call
  std::string comes;   ///< empty: nobody is from now on

  bool operator==(const HandOff&) const = default;
};

/// Who is on call when, of every schedule, with what people have changed of the plan. A schedule that is not there has
/// nobody and no shifts.  threads: any.
class ScheduleBook {
 public:
  /// Changes of schedules and people that the plan no longer has are left out, which notices() says, so that whoever is
  /// planned is called.
  /// errors: kNotFound for a time zone, kBadInput for all else that is wrong in the plan's people and schedules, with
  /// the schedule's name and what was meant.
  [[nodiscard]] static Result<ScheduleBook> compile(const Plan& plan, const Changes& changes = {},
                                                    std::span<const RotationPlace> places = {});

  [[nodiscard]] bool knows(std::string_view schedule) const { return find(schedule) != nullptr; }
  [[nodiscard]] const std::vector<std::string>& notices() const { return notices_; }

  /// Null if it is not there.  owner: the book.
  [[nodiscard]] const CompiledSchedule* find(std::string_view schedule) const;

  [[nodiscard]] OnCall on_call(std::string_view schedule, WallTime at) const;

  /// Everything from `from` to `to` without gap or overlap, cut at both, also where nobody is on call. What is before
  /// 1970 or after 2199 is left out.
  [[nodiscard]] std::vector<Shift> shifts(std::string_view schedule, WallTime from, WallTime to) const;

  /// The same, but what would be cut at an end stands there as a whole, as shift_at() has it.
  [[nodiscard]] std::vector<Shift> whole_shifts(std::string_view schedule, WallTime from, WallTime to) const;

  /// The whole shift of a moment, where it begins and ends at most a year away.
  [[nodiscard]] Shift shift_at(std::string_view schedule, WallTime at) const;

  /// After `after`, up to and with `until`: where the same person goes on by another layer, nothing is handed off.
  [[nodiscard]] std::vector<HandOff> hand_offs(std::string_view schedule, WallTime after, WallTime until) const;

  /// None within a year.
  [[nodiscard]] std::optional<HandOff> next_hand_off(std::string_view schedule, WallTime after) const;

 private:
  std::map<std::string, CompiledSchedule, std::less<>> schedules_;
  std::vector<std::string> notices_;
};

/// The places to keep from now on, one for each layer of the plan: those that were kept, adapted where people came or
/// went; the start of a rotation where none was.  errors: as ScheduleBook::compile.
Result<std::vector<RotationPlace>> current_places(const Plan& plan, std::span<const RotationPlace> kept, WallTime now);

}  // namespace sonde::oncall
