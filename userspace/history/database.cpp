#include "history/database.h"

#include <utility>

namespace sonde::history {

Statement& Statement::bind(std::int64_t number) {
  statement_->bind(number);
  return *this;
}

Statement& Statement::bind(std::string_view text) {
  statement_->bind(text);
  return *this;
}

Result<> Statement::run() {
  if (SONDE_TRY(step())) statement_->reset();
  return Ok{};
}

Result<Statement> Database::prepare(std::string_view sql) const {
  return Statement(SONDE_TRY(connection_->prepare(sql)));
}

Result<std::int64_t> Database::ask_number(std::string_view sql) const {
  Statement statement = SONDE_TRY(prepare(sql));
  if (!SONDE_TRY(statement.step())) return Error{Code::kNotFound, "'" + path() + "' has no such row"};
  return statement.number(0);
}

Result<std::string> Database::ask_text(std::string_view sql) const {
  Statement statement = SONDE_TRY(prepare(sql));
  if (!SONDE_TRY(statement.step())) return Error{Code::kNotFound, "'" + path() + "' has no such row"};
  return statement.text(0);
}

Result<Transaction> Transaction::begin(Database& database) {
  SONDE_TRY(database.connection_->begin());
  return Transaction(database);
}

Transaction::Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  if (database_ != nullptr) database_->connection_->roll_back();
}

Result<> Transaction::commit() {
  SONDE_TRY(database_->connection_->commit());
  database_ = nullptr;
  return Ok{};
}

std::string json_member(Dialect dialect, std::string_view column, std::string_view name) {
  const std::string from(column);
  const std::string member(name);
  return dialect == Dialect::kSqlite ? from + " ->> '$." + member + "'"
                                     : "CAST(" + from + " AS json) ->> '" + member + "'";
}

std::string json_elements(Dialect dialect, std::string_view parameter, std::string_view name) {
  const std::string array(parameter);
  const std::string as(name);
  return dialect == Dialect::kSqlite ? "json_each(" + array + ") AS " + as
                                     : "json_array_elements(CAST(" + array + " AS json)) AS " + as + "(value)";
}

}  // namespace sonde::history
