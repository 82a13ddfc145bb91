#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "alerts/types.h"
#include "base/result.h"
#include "history/database.h"

namespace sonde::history {

/// The SQL of what incidents were: rows of migrations.cpp's table `review`. Who calls makes the transactions.
/// errors: of all members: as Database.  owner: borrows the Database.  threads: those of the Database.
class ReviewTable {
 public:
  [[nodiscard]] static Result<ReviewTable> prepare(Database& database);

  /// Writes nothing if the incident is not there any more.
  Result<> write(const alerts::Review& review);

  /// Those that are watched, by incident; what makes no sense is left out and told in `notices`.
  Result<std::vector<alerts::Review>> watched(std::vector<std::string>& notices) const;

  /// Those of these incidents, by incident.  errors: also kBadInput if one makes no sense.
  [[nodiscard]] Result<std::vector<alerts::Review>> of(std::span<const std::int64_t> incidents) const;

 private:
  ReviewTable(Database& database, Statement write) : database_(&database), write_(std::move(write)) {}

  Database* database_;
  Statement write_;
};

}  // namespace sonde::history
