#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <vector>

#include "alerts/types.h"
#include "base/result.h"
#include "history/database.h"

namespace sonde::history {

/// What an earlier run has left of programs that were run for incidents.
struct LoadedRemedies {
  std::vector<alerts::RemedyClaim> claims;    ///< the newest RemedyHistory::kMostClaims, the oldest first
  std::vector<alerts::RemedyRun> unfinished;  ///< without an end: what they have done nobody knows
  std::vector<std::string> notices;           ///< what could not be read, and is left out
};

/// Which programs were run for which occurrence of an incident, and how they ended, in the file of the alerts' history:
/// rows of migrations.cpp's table `remedy_run`, each with its lines of the timeline in one transaction.
///
/// What a call wrote is there after kill -9 and loss of power, all of it or nothing.  errors: of all members: as
/// Database.  owner: borrows the Database of an AlertHistory.  threads: any, as the AlertHistory, whose mutex it takes.
class RemedyHistory {
 public:
  static constexpr std::size_t kMostClaims = 1'000;

  RemedyHistory(Database& database, std::mutex& mutex) : database_(&database), mutex_(&mutex) {}

  [[nodiscard]] Result<LoadedRemedies> load() const;

  /// Takes on what is to be done, with its line; to be called before it is done. False if that was done before,
  /// whoever did it: then nothing is written.
  Result<bool> claim(const alerts::RemedyRun& run, const alerts::TimelineEntry& line);

  /// How it ended, with its line.
  Result<> finish(const alerts::RemedyRun& run, const alerts::TimelineEntry& line);

 private:
  Database* database_;
  std::mutex* mutex_;
};

}  // namespace sonde::history
