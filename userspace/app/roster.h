#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "app/oncall_desk.h"
#include "base/clock.h"
#include "base/result.h"
#include "history/oncall_history.h"
#include "oncall/types.h"

namespace sonde::app {

/// Somebody else is on call.
struct Handover {
  std::string schedule;
  std::string leaves;  ///< empty: nobody was
  std::string comes;   ///< empty: nobody is

  bool operator==(const Handover&) const = default;
};

/// Who is on call: the configuration's plan, what people have changed of it, and where the rotations stand, kept over
/// restarts.  threads: any, but start(), which comes first.
class Roster final : public OncallDesk {
 public:
  /// `history` null: changes and places are in memory only.  owner: the caller keeps it alive.
  Roster(oncall::Plan plan, history::OncallHistory* history, std::function<WallTime()> now);

  /// Takes up what an earlier process has left.  errors: as oncall::ScheduleBook::compile.
  Result<> start();

  /// From now on these people and schedules: what was changed by hand stays, and so do places in rotations that are
  /// still there.  errors: as start(); the plan is as it was then.
  Result<> use(oncall::Plan plan);

  /// Whoever is on call at that time; nobody for a schedule that is not there.
  [[nodiscard]] std::vector<std::string> on_call(const std::string& schedule, WallTime at) const;

  /// What was handed off since the last time, each once over restarts, of schedules that announce it. Changes that are
  /// over for a month are forgotten.
  std::vector<Handover> take_handovers(WallTime now);

  /// Whose turn it is in steps that call one after the other.
  [[nodiscard]] std::vector<oncall::RobinTurn> turns() const;
  void keep(std::vector<oncall::RobinTurn> turns);

  [[nodiscard]] std::shared_ptr<const OncallView> oncall() const override;
  Result<oncall::Override> stand_in(oncall::Override wanted) override;
  Result<oncall::TemporaryShifts> replace_shifts(oncall::TemporaryShifts wanted) override;
  Result<std::pair<oncall::Override, oncall::Override>> swap_shifts(const oncall::Swap& swap) override;
  Result<> take_back(const std::string& id) override;

 private:
  Result<> use(oncall::Changes changes);
  Result<> change(const std::function<Result<>(oncall::Changes&)>& how);
  void forget_old(WallTime now);

  history::OncallHistory* const history_;
  const std::function<WallTime()> now_;

  mutable std::mutex mutex_;  // guards what follows
  oncall::Plan plan_;
  std::vector<oncall::RotationPlace> places_;
  std::vector<oncall::RobinTurn> turns_;
  std::vector<oncall::Announced> announced_;
  std::shared_ptr<const OncallView> view_;  // set by start
  WallTime looked_at_{};
};

}  // namespace sonde::app
