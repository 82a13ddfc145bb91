#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace sonde::history {

class Connection;

/// One SQL statement, made ready once and run as often as one likes.
/// owner: borrows the Database it is of.  threads: those of the Database.
class Statement {
 public:
  /// Gives the next parameter its value.
  Statement& bind(std::int64_t number);
  /// Any bytes: what is no UTF-8 text is stored as a blob, and read back by text() alike.
  Statement& bind(std::string_view text);

  /// True if there is a (further) row; after false, the statement can be bound and run again.
  /// errors: as Database.
  Result<bool> step();

  /// For what has no rows. After it, whatever it says, the statement can be bound and run again.  errors: as Database.
  Result<> run();

  /// Of the row step() found.  units: `column` from 0.
  [[nodiscard]] std::int64_t number(int column) const;
  [[nodiscard]] std::string text(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };

  Statement(const Connection& connection, sqlite3_stmt* statement) : connection_(&connection), statement_(statement) {}
  void note_bound(int status);
  void reset();

  const Connection* connection_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int bound_ = 0;
  int bind_fault_ = 0;
};

/// One connection to an SQLite file that is there.
/// errors: of all members: kBadInput if the file is damaged or is no database, kLimit if another process holds it or
/// the disk is full, kPermission, kIo; the text names the file. threads: one at a time.
class Database {
 public:
  [[nodiscard]] static Result<Database> open(const std::string& path);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  /// Runs any number of statements whose rows nobody wants.
  Result<> execute(const std::string& sql);
  [[nodiscard]] Result<Statement> prepare(std::string_view sql) const;

  /// The first column of the first row of the answer.  errors: also kNotFound if it has no row.
  [[nodiscard]] Result<std::int64_t> ask_number(std::string_view sql) const;
  [[nodiscard]] Result<std::string> ask_text(std::string_view sql) const;

  /// Rows that the last statement inserted, changed or deleted.
  [[nodiscard]] std::int64_t changed_rows() const;
  [[nodiscard]] const std::string& path() const;

 private:
  friend class Transaction;
  explicit Database(std::unique_ptr<Connection> connection);

  std::unique_ptr<Connection> connection_;
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

}  // namespace sonde::history
