#pragma once

#include <chrono>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "alerts/types.h"
#include "base/result.h"
#include "history/database.h"
#include "history/types.h"
#include "rules/types.h"

namespace sonde::history {

/// The SQL of alerts: rows of migrations.cpp's tables, one at a time. Who calls makes the transactions.
/// errors: of all members: as Database.  owner: borrows the Database.  threads: those of the Database.
class AlertTables {
 public:
  [[nodiscard]] static Result<AlertTables> prepare(Database& database);

  Result<> write(const alerts::Instance& instance);
  Result<> write(const alerts::RuleStanding& standing);
  Result<> write(const alerts::Problem& problem);
  Result<> write(const alerts::ExternalAlert& external);
  Result<> remove(const alerts::Instance& instance);
  Result<> remove(const alerts::RuleStanding& standing);
  Result<> remove(const alerts::Problem& problem);
  Result<> remove(const alerts::ExternalAlert& external);
  Result<> write_clock(const ClockMark& mark, std::chrono::nanoseconds quiet_until);

  /// Instances, standings, problems and alerts of other programs, all of them.
  Result<> clear();

  /// The same of these, and the clock.  shape: by no order. What makes no sense is left out and told in `notices`.
  [[nodiscard]] Result<LoadedHistory> read_all() const;

  /// The rule files that were kept, by path.
  [[nodiscard]] Result<std::vector<rules::RuleText>> rule_files() const;
  Result<> replace_rule_files(std::span<const rules::RuleText> files);

 private:
  struct Statements {
    Statement write_instance;
    Statement write_standing;
    Statement write_problem;
    Statement remove_instance;
    Statement remove_standing;
    Statement remove_problem;
    Statement write_clock;
    Statement write_external;
    Statement remove_external;
  };

  AlertTables(Database& database, Statements statements) : database_(&database), statements_(std::move(statements)) {}
  [[nodiscard]] Result<> read_clock(LoadedHistory& loaded) const;

  Database* database_;
  Statements statements_;
};

}  // namespace sonde::history
