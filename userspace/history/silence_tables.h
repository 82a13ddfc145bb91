#pragma once

#include <string>
#include <utility>
#include <vector>

#include "alerts/types.h"
#include "base/result.h"
#include "history/database.h"

namespace sonde::history {

/// Silences that an earlier run has left.
struct LoadedSilences {
  std::vector<alerts::Silence> silences;  ///< by id, the last version of each
  std::vector<std::string> notices;       ///< what could not be read, and is left out
};

/// The SQL of silences: a row for each version of each. Who calls makes the transactions.
/// errors: of all members: as Database.  owner: borrows the Database.  threads: those of the Database.
class SilenceTables {
 public:
  [[nodiscard]] static Result<SilenceTables> prepare(Database& database);

  /// A version that is there already is replaced.
  Result<> write(const alerts::Silence& silence);

  /// With all its versions.
  Result<> remove(const std::string& id);

  [[nodiscard]] Result<LoadedSilences> read_last() const;

  /// The oldest first.  errors: also kBadInput if one makes no sense.
  [[nodiscard]] Result<std::vector<alerts::Silence>> read_versions(const std::string& id) const;

 private:
  SilenceTables(Database& database, Statement write, Statement remove)
      : database_(&database), write_(std::move(write)), remove_(std::move(remove)) {}

  Database* database_;
  Statement write_;
  Statement remove_;
};

}  // namespace sonde::history
