#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "base/time_zone.h"
#include "oncall/types.h"

namespace sonde::oncall {

/// When the shifts of a rotation begin, and whose they are. They are numbered from 0, which begins at Rotation::start.
/// One that the clocks skip as a whole keeps its number and has no length.  threads: any.
class Turns {
 public:
  /// With a place the turns go on from there; one that was kept of another list of people counts as none.
  /// errors: kBadInput for no people, a length outside of 1 to 9000, or a start outside of the years 1970 to 2199.
  [[nodiscard]] static Result<Turns> compile(Rotation rotation, TimeZone zone, const RotationPlace* place = nullptr);

  /// The number of the shift at that moment; none before the first.
  [[nodiscard]] std::optional<std::int64_t> number_at(WallTime at) const;

  /// When a shift begins, which is when the one before it ends; what lies beyond the year 2199 begins with 2200.
  [[nodiscard]] WallTime begin_of(std::int64_t number) const;

  [[nodiscard]] const std::string& person_of(std::int64_t number) const;
  [[nodiscard]] const Rotation& rotation() const { return rotation_; }

 private:
  Turns(Rotation rotation, TimeZone zone) : rotation_(std::move(rotation)), zone_(std::move(zone)) {}

  [[nodiscard]] LocalTime local_begin_of(std::int64_t number) const;
  [[nodiscard]] std::int64_t estimate(LocalTime at) const;

  Rotation rotation_;
  TimeZone zone_;
  WallTime first_begin_{};
  std::int64_t ahead_ = 0;  // of the place in the list that the number alone would give
};

/// The place to keep when the rotation's people may have changed: whoever is on call stays if they are still there,
/// else the next of the old order who is; else the new list begins. It is the same place if nobody came or went.
RotationPlace adapt(const RotationPlace& place, const Turns& turns, WallTime now);

}  // namespace sonde::oncall
