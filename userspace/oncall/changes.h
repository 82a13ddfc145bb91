#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/result.h"
#include "oncall/schedule_book.h"
#include "oncall/types.h"

namespace sonde::oncall {

/// What a change of a schedule may be.
inline constexpr std::chrono::days kLongestChange{366};
inline constexpr std::size_t kMostCommentBytes = 1024;
inline constexpr std::size_t kMostParts = 1000;  ///< of temporary shifts

/// Adds an override, last, so that it goes before those there are.
/// errors: kBadInput for a schedule or people the plan lacks, an end that is not after the start, more than a year, a
/// comment that is too long or no UTF-8, an id that is no UUID; kConflict for an id that is there, and with the other's
/// id where the same person is set in for some of the time already. Nothing has changed then.
Result<> add_override(const Plan& plan, Changes& changes, Override added);

/// Adds temporary shifts, whose parts lie within them and do not overlap.
/// errors: as add_override; kConflict with the other's id where some of the time has temporary shifts already.
Result<> add_temporary(const Plan& plan, Changes& changes, TemporaryShifts added);

/// Takes back an override or temporary shifts.  errors: kNotFound.
Result<> remove_change(Changes& changes, const std::string& id);

/// Two people take each other's shifts.
struct Swap {
  /// The shifts of one person that begin in an interval, whose end is excluded.
  struct Side {
    std::string person;
    WallTime from;
    WallTime to;
  };

  std::string schedule;
  Side one;
  Side other;
  std::string author;
  std::string comment;
};

/// The two overrides that a swap is, under the ids they shall have: to be added with add_override, both or none. Other
/// people's shifts between them stay theirs.
/// errors: kBadInput for a schedule that is not there or a person who swaps with themselves; kNotFound where no shift
/// of the person begins in the interval; kConflict where the shifts of both overlap in time.
Result<std::pair<Override, Override>> plan_swap(const ScheduleBook& book, const Swap& swap,
                                                const std::pair<std::string, std::string>& ids);

}  // namespace sonde::oncall
