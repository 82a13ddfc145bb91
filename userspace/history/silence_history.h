#pragma once

#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "alerts/types.h"
#include "base/result.h"
#include "history/database.h"
#include "history/silence_tables.h"

namespace sonde::history {

/// Silences in the file of the alerts' history, with all their versions, for as long as the book keeps them.
///
/// What a save wrote is there after kill -9 and loss of power, all of it or nothing. Whoever changes a silence saves it
/// before saying that it is done.  errors: of all members: as Database. owner: borrows the Database of an AlertHistory.
/// threads: any, as the AlertHistory, whose mutex it takes.
class SilenceHistory {
 public:
  [[nodiscard]] static Result<SilenceHistory> open(Database& database, std::mutex& mutex);

  [[nodiscard]] Result<LoadedSilences> load() const;

  /// Keeps what a change has written, in one transaction.
  Result<> save(std::span<const alerts::Silence> written);

  /// Lets silences go, with their versions, in one transaction.
  Result<> forget(std::span<const std::string> ids);

  /// What became of a silence, the oldest version first.
  [[nodiscard]] Result<std::vector<alerts::Silence>> versions(const std::string& id) const;

 private:
  SilenceHistory(Database& database, std::mutex& mutex, SilenceTables tables)
      : database_(&database), mutex_(&mutex), tables_(std::move(tables)) {}

  Database* database_;
  std::mutex* mutex_;
  SilenceTables tables_;
};

}  // namespace sonde::history
