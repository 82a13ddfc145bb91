#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sonde::history {

/// Where the two differ, a statement is written twice.
enum class Dialect : std::uint8_t { kSqlite, kPostgres };

/// What stands behind a Statement: one way to run a statement again and again.
/// errors, threads: those of Database.
class SqlStatement {
 public:
  virtual ~SqlStatement() = default;
  virtual void bind(std::int64_t number) = 0;
  virtual void bind(std::string_view text) = 0;
  /// True if there is a (further) row; after false or an error, it is as reset() leaves it.
  virtual Result<bool> step() = 0;
  /// Lets the rows go that are left, and the values.
  virtual void reset() = 0;
  [[nodiscard]] virtual std::int64_t number(int column) const = 0;
  [[nodiscard]] virtual std::string text(int column) const = 0;
};

/// What stands behind a Database.
/// errors, threads: those of Database.
class SqlConnection {
 public:
  virtual ~SqlConnection() = default;
  [[nodiscard]] virtual Dialect dialect() const = 0;
  /// How errors call it.
  [[nodiscard]] virtual const std::string& name() const = 0;
  virtual Result<> execute(const std::string& sql) = 0;
  /// shape: parameters are `?`, in order, or `?1`, `?2`, ...
  virtual Result<std::unique_ptr<SqlStatement>> prepare(std::string_view sql) = 0;
  [[nodiscard]] virtual std::int64_t changed_rows() const = 0;
  virtual Result<> begin() = 0;
  virtual Result<> commit() = 0;
  /// Whether there is a transaction still or not.
  virtual void roll_back() noexcept = 0;
};

}  // namespace sonde::history
