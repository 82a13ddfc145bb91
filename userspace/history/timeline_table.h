#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "alerts/types.h"
#include "base/result.h"
#include "history/database.h"
#include "history/types.h"

namespace sonde::history {

/// The SQL of what happened: rows of migrations.cpp's table `timeline`. Who calls makes the transactions.
/// errors: of all members: as Database.  owner: borrows the Database.  threads: those of the Database.
class TimelineTable {
 public:
  [[nodiscard]] static Result<TimelineTable> prepare(Database& database);

  Result<> append(const alerts::TimelineEntry& entry);

  /// Those with higher ids, the lowest first.  errors: also kBadInput if one makes no sense.
  [[nodiscard]] Result<std::vector<StoredEntry>> after(std::int64_t id, std::size_t limit) const;

  /// The same, but only about the incident, and about its alerts from when each began until it was over.
  [[nodiscard]] Result<std::vector<StoredEntry>> after(std::int64_t id, std::size_t limit,
                                                       const alerts::Incident& incident) const;

  /// Of those about the incident and its alerts, the ones that a report is made of.
  [[nodiscard]] Result<std::vector<StoredEntry>> milestones(const alerts::Incident& incident) const;

  /// Deletes the oldest entries that are of no incident, from before both times, `limit` at most; says how many there
  /// were.
  Result<std::size_t> remove_before(const alerts::Moment& moment, std::size_t limit);

 private:
  TimelineTable(Database& database, Statement append, Statement remove)
      : database_(&database), append_(std::move(append)), remove_(std::move(remove)) {}

  Database* database_;
  Statement append_;
  Statement remove_;
};

}  // namespace sonde::history
