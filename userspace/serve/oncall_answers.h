#pragma once

#include <span>
#include <string>

#include "base/clock.h"
#include "oncall/types.h"

namespace sonde::serve {

/// Who is on call in a schedule, from when until when.
struct OnDuty {
  std::string schedule;
  std::string location;
  oncall::Shift shift;
};

/// How well a schedule is covered in the time that was asked for.
struct Covered {
  double uncovered_ratio = 0;
  std::string warning;  ///< empty: somebody always is on call
};

/// `at` and `schedules`: of each `schedule`, `time_zone`, `person` (null: nobody), `source`, `from`, `until`.
/// units: times in RFC 3339, UTC.
std::string on_duty_json(std::span<const OnDuty> duties, WallTime at);

/// `schedule`, `shifts`, `uncovered_ratio`, `warning` (null: none).
std::string shifts_json(const std::string& schedule, std::span<const oncall::Shift> shifts, const Covered& covered);

std::string override_json(const oncall::Override& change);
std::string temporary_json(const oncall::TemporaryShifts& change);

/// `overrides` and `temporary`, the oldest first.
std::string changes_json(const oncall::Changes& changes);

}  // namespace sonde::serve
