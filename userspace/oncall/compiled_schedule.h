#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/time_zone.h"
#include "oncall/layer.h"
#include "oncall/types.h"

namespace sonde::oncall {

/// Who is on call at a moment, and what says so.
struct OnCall {
  std::string person;  ///< empty: nobody
  std::string source;  ///< as Shift::source

  bool operator==(const OnCall&) const = default;
};

/// One schedule with what has been changed of it, ready to be asked often.  threads: any.
class CompiledSchedule {
 public:
  /// errors: kNotFound for the time zone; kBadInput for names that come twice or are words of ours, and of
  /// CompiledLayer::compile. Changes and places of other schedules are passed over.
  [[nodiscard]] static Result<CompiledSchedule> compile(const Schedule& schedule, const Changes& changes = {},
                                                        std::span<const RotationPlace> places = {});

  [[nodiscard]] const TimeZone& zone() const { return zone_; }
  [[nodiscard]] std::span<const CompiledLayer> layers() const { return layers_; }

  [[nodiscard]] OnCall on_call(WallTime at) const;

  /// Everything from `from` to `to` without gap or overlap, cut at both, also where nobody is on call.
  [[nodiscard]] std::vector<Shift> shifts(WallTime from, WallTime to) const;

 private:
  [[nodiscard]] OnCall planned(WallTime at) const;
  [[nodiscard]] std::vector<WallTime> moments(WallTime from, WallTime to) const;

  TimeZone zone_;
  std::vector<CompiledLayer> layers_;
  std::vector<Override> overrides_;         // in the order in which they were made
  std::vector<TemporaryShifts> temporary_;  // the last that covers a moment says who
};

}  // namespace sonde::oncall
