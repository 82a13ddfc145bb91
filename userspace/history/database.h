#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "history/sql_connection.h"

namespace sonde::history {

/// One SQL statement, made ready once and run as often as one likes.
/// owner: borrows the Database it is of.  threads: those of the Database.
class Statement {
 public:
  explicit Statement(std::unique_ptr<SqlStatement> statement) : statement_(std::move(statement)) {}

  /// Gives the next parameter its value.
  Statement& bind(std::int64_t number);
  /// Any bytes: what is no UTF-8 text is stored as a blob, and read back by text() alike; PostgreSQL, which has no
  /// place for it in a text, is given U+FFFD in its stead.
  Statement& bind(std::string_view text);

  /// True if there is a (further) row; after false, the statement can be bound and run again.
  /// errors: as Database.
  Result<bool> step() { return statement_->step(); }

  /// For what has no rows. After it, whatever it says, the statement can be bound and run again.  errors: as Database.
  Result<> run();

  /// Of the row step() found.  units: `column` from 0.
  [[nodiscard]] std::int64_t number(int column) const { return statement_->number(column); }
  [[nodiscard]] std::string text(int column) const { return statement_->text(column); }

 private:
  std::unique_ptr<SqlStatement> statement_;
};

/// One connection to a database that is there: an SQLite file, or one of a PostgreSQL server.
/// errors: of all members: kBadInput if the file is damaged or is no database, kLimit if another process holds it or
/// the disk is full, kPermission, kIo; the text names the database. threads: one at a time.
class Database {
 public:
  explicit Database(std::unique_ptr<SqlConnection> connection) : connection_(std::move(connection)) {}

  /// Runs any number of statements whose rows nobody wants.
  Result<> execute(const std::string& sql) { return connection_->execute(sql); }
  [[nodiscard]] Result<Statement> prepare(std::string_view sql) const;

  /// The first column of the first row of the answer.  errors: also kNotFound if it has no row.
  [[nodiscard]] Result<std::int64_t> ask_number(std::string_view sql) const;
  [[nodiscard]] Result<std::string> ask_text(std::string_view sql) const;

  /// Rows that the last statement inserted, changed or deleted.
  [[nodiscard]] std::int64_t changed_rows() const { return connection_->changed_rows(); }
  /// The path of the file, or how the server is reached, without secrets.
  [[nodiscard]] const std::string& path() const { return connection_->name(); }
  [[nodiscard]] Dialect dialect() const { return connection_->dialect(); }

 private:
  friend class Transaction;

  std::unique_ptr<SqlConnection> connection_;
};

/// All that is written while it lives is there after commit(), or none of it.
/// owner: borrows the Database.
class Transaction {
 public:
  [[nodiscard]] static Result<Transaction> begin(Database& database);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  /// errors: as Database; nothing is then written.
  Result<> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}

  Database* database_;
};

/// The member `name` of the JSON text in a column, as text.
[[nodiscard]] std::string json_member(Dialect dialect, std::string_view column, std::string_view name);

/// What stands in a FROM for the elements of the JSON array that is a parameter: `name`.value.
[[nodiscard]] std::string json_elements(Dialect dialect, std::string_view parameter, std::string_view name);

}  // namespace sonde::history
