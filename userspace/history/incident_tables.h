#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "alerts/types.h"
#include "base/result.h"
#include "history/database.h"
#include "notify/types.h"

namespace sonde::history {

/// The SQL of incidents and of what people were told of them: rows of migrations.cpp's tables `incident`, `delivery`
/// and `told`. Who calls makes the transactions. errors: of all members: as Database.  owner: borrows the Database.
/// threads: those of the Database.
class IncidentTables {
 public:
  [[nodiscard]] static Result<IncidentTables> prepare(Database& database);

  Result<> write(const alerts::Incident& incident);
  Result<> write(const notify::DeliveryRecord& record);

  /// Incidents that are open, and those that were resolved after `since`, by id; what makes no sense is left out and
  /// told in `notices`.
  Result<std::vector<alerts::Incident>> lately(std::chrono::nanoseconds since, std::vector<std::string>& notices) const;

  /// Deliveries that are not over, in the order they were made; else as lately().
  Result<std::vector<notify::Delivery>> unfinished(std::vector<std::string>& notices) const;

  /// What was told of the incidents of lately().
  Result<std::vector<notify::Told>> told_since(std::chrono::nanoseconds since, std::vector<std::string>& notices) const;

  /// The newest first: those with lower ids than `before`, if it is not 0.  errors: of these four also kBadInput if a
  /// row makes no sense.
  [[nodiscard]] Result<std::vector<alerts::Incident>> incidents(std::int64_t before, bool open_only,
                                                                std::size_t limit) const;
  [[nodiscard]] Result<std::optional<alerts::Incident>> incident(std::int64_t id) const;
  /// The newest first.  shape: `incident` 0: of any.
  [[nodiscard]] Result<std::vector<notify::Delivery>> deliveries(std::optional<notify::DeliveryState> state,
                                                                 std::int64_t incident, std::size_t limit) const;
  [[nodiscard]] Result<std::optional<notify::Delivery>> delivery(const std::string& id) const;

  /// Deletes the incidents that were resolved before both times, with all that is kept about them, `limit` at most;
  /// says how many there were.
  Result<std::size_t> remove_before(const alerts::Moment& moment, std::size_t limit);

  /// Deletes deliveries that are of no incident and ended before, `limit` at most; says how many there were.
  Result<std::size_t> remove_strays_before(WallTime moment, std::size_t limit);

 private:
  struct Statements {
    Statement write_incident;
    Statement write_delivery;
    Statement write_told;
    Statement remove_told;
    Statement old_incidents;
    Statement remove_strays;
  };

  IncidentTables(Database& database, Statements statements)
      : database_(&database), statements_(std::move(statements)) {}
  Result<> write(const notify::Told& told);

  Database* database_;
  Statements statements_;
};

}  // namespace sonde::history
