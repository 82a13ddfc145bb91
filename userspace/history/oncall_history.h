#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "history/database.h"
#include "oncall/types.h"

namespace sonde::history {

/// What an earlier run has left of who is on call.
struct LoadedOncall {
  oncall::Changes changes;  ///< the oldest first
  std::vector<oncall::RotationPlace> places;
  std::vector<oncall::RobinTurn> turns;
  std::vector<oncall::Announced> announced;
  std::vector<oncall::Heartbeat> heartbeats;
  std::vector<std::string> notices;  ///< what could not be read, and is left out
};

/// That a link was used: now, or by whom before.
struct LinkClaim {
  bool is_new = false;
  std::string actor;
  WallTime at;
};

/// Who stands in for whom, where rotations stand, and which links were used, in the file of the alerts' history: rows
/// of migrations.cpp's tables `oncall_change`, `oncall_state` and `used_link`.
///
/// What a save wrote is there after kill -9 and loss of power, all of it or nothing.  errors: of all members: as
/// Database.  owner: borrows the Database of an AlertHistory.  threads: any, as the AlertHistory, whose mutex it takes.
class OncallHistory {
 public:
  OncallHistory(Database& database, std::mutex& mutex) : database_(&database), mutex_(&mutex) {}

  [[nodiscard]] Result<LoadedOncall> load() const;

  /// Makes the table of changes what is given.
  Result<> save(const oncall::Changes& changes);

  Result<> save(const std::vector<oncall::RotationPlace>& places);
  Result<> save(const std::vector<oncall::RobinTurn>& turns);
  Result<> save(const std::vector<oncall::Announced>& announced);
  Result<> save(const std::vector<oncall::Heartbeat>& heartbeats);

  /// Takes a link for used, unless it was before.
  Result<LinkClaim> claim_link(const std::string& id, const std::string& actor, WallTime now);

  /// Who has used a link; nothing if nobody has.
  [[nodiscard]] Result<std::optional<LinkClaim>> find_link(const std::string& id) const;

  /// Forgets links that were used before.
  Result<> forget_links(WallTime before);

 private:
  Result<> save_state(const std::string& name, const std::string& body);

  Database* database_;
  std::mutex* mutex_;
};

}  // namespace sonde::history
