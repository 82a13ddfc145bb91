#pragma once

#include <memory>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/result.h"
#include "oncall/changes.h"
#include "oncall/schedule_book.h"
#include "oncall/types.h"

namespace sonde::app {

/// Who is on call, as of one moment. Immutable.
struct OncallView {
  oncall::Plan plan;
  oncall::Changes changes;
  oncall::ScheduleBook book;
};

/// What people ask of who is on call. Whatever changes something is on disk before it returns, if there is a disk.
/// threads: any.
class OncallDesk {
 public:
  virtual ~OncallDesk() = default;

  /// Never null.
  [[nodiscard]] virtual std::shared_ptr<const OncallView> oncall() const = 0;

  /// Somebody stands in for whoever is planned; it is given an id.  errors: as oncall::add_override.
  virtual Result<oncall::Override> stand_in(oncall::Override wanted) = 0;

  /// Shifts in place of what is planned; they are given an id.  errors: as oncall::add_temporary.
  virtual Result<oncall::TemporaryShifts> replace_shifts(oncall::TemporaryShifts wanted) = 0;

  /// Two people take each other's shifts.  errors: as oncall::plan_swap and oncall::add_override; nothing changes then.
  virtual Result<std::pair<oncall::Override, oncall::Override>> swap_shifts(const oncall::Swap& swap) = 0;

  /// errors: kNotFound.
  virtual Result<> take_back(const std::string& id) = 0;
};

}  // namespace sonde::app
