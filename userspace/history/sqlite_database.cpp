#include "history/sqlite_database.h"

#include <sqlite3.h>

#include <cstddef>
#include <cstring>
#include <utility>

#include "base/utf8.h"

namespace sonde::history {

/// The handle, and the path that every error names.
class Connection {
 public:
  Connection(std::string path, sqlite3* handle) : path_(std::move(path)), handle_(handle) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  // _v2: a Statement that is still there keeps the handle until it goes.
  ~Connection() { sqlite3_close_v2(handle_); }

  [[nodiscard]] sqlite3* handle() const { return handle_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] Error fault(int status) const;

 private:
  std::string path_;
  sqlite3* handle_;
};

namespace {

constexpr int kBusyTimeoutMs = 2'000;

struct Meaning {
  Code code;
  const char* advice;
};

/// What a result code of SQLite comes to (https://www.sqlite.org/rescode.html).
Meaning meaning_of(int status) {
  switch (status & 0xFF) {
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return {Code::kBadInput, "the file is damaged; it is set aside at the next start"};
    case SQLITE_FULL:
      return {Code::kLimit, "free some space on its file system"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Code::kLimit, "another program holds it; end that one, or its transaction"};
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
      return {Code::kPermission, "the daemon's user must be able to write the file and its directory"};
    case SQLITE_IOERR:
      return {Code::kIo, "look into the kernel's log for what the disk says, and whether it is full"};
    default:
      return {Code::kIo, nullptr};
  }
}

}  // namespace

Error Connection::fault(int status) const {
  const Meaning meaning = meaning_of(status);
  const int number = handle_ == nullptr ? 0 : sqlite3_system_errno(handle_);
  std::string what = "'" + path_ + "': " + (handle_ == nullptr ? sqlite3_errstr(status) : sqlite3_errmsg(handle_));
  const bool by_system = (status & 0xFF) == SQLITE_IOERR || (status & 0xFF) == SQLITE_CANTOPEN;
  if (by_system && number > 0) what += std::string(" (") + std::strerror(number) + ")";
  if (meaning.advice != nullptr) what += std::string("; ") + meaning.advice;
  return Error{meaning.code, std::move(what), by_system ? number : 0};
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }

void Statement::note_bound(int status) {
  if (status != SQLITE_OK && bind_fault_ == 0) bind_fault_ = status;
}

Statement& Statement::bind(std::int64_t number) {
  note_bound(sqlite3_bind_int64(statement_.get(), ++bound_, number));
  return *this;
}

Statement& Statement::bind(std::string_view text) {
  const char* bytes = text.data() == nullptr ? "" : text.data();  // a null pointer would be an SQL NULL
  const bool is_text = text.find('\0') == std::string_view::npos && is_valid_utf8(text);
  const int status =
      is_text ? sqlite3_bind_text64(statement_.get(), ++bound_, bytes, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8)
              : sqlite3_bind_blob64(statement_.get(), ++bound_, bytes, text.size(), SQLITE_TRANSIENT);
  note_bound(status);
  return *this;
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
  bound_ = 0;
  bind_fault_ = 0;
}

Result<bool> Statement::step() {
  const int status = bind_fault_ != 0 ? bind_fault_ : sqlite3_step(statement_.get());
  if (status == SQLITE_ROW) return true;
  if (status == SQLITE_DONE) {
    reset();
    return false;
  }
  Error error = connection_->fault(status);
  reset();
  return error;
}

Result<> Statement::run() {
  if (SONDE_TRY(step())) reset();
  return Ok{};
}

std::int64_t Statement::number(int column) const { return sqlite3_column_int64(statement_.get(), column); }

std::string Statement::text(int column) const {
  const void* bytes = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return bytes == nullptr ? std::string()
                          : std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

Database::Database(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Result<Database> Database::open(const std::string& path) {
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int status = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  auto connection = std::make_unique<Connection>(path, handle);
  if (status != SQLITE_OK) return connection->fault(status);
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
  return Database(std::move(connection));
}

Result<> Database::execute(const std::string& sql) {
  const int status = sqlite3_exec(connection_->handle(), sql.c_str(), nullptr, nullptr, nullptr);
  if (status != SQLITE_OK) return connection_->fault(status);
  return Ok{};
}

Result<Statement> Database::prepare(std::string_view sql) const {
  sqlite3_stmt* statement = nullptr;
  const int status =
      sqlite3_prepare_v2(connection_->handle(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  if (status != SQLITE_OK) return connection_->fault(status);
  return Statement(*connection_, statement);
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

std::int64_t Database::changed_rows() const { return sqlite3_changes64(connection_->handle()); }

const std::string& Database::path() const { return connection_->path(); }

Result<Transaction> Transaction::begin(Database& database) {
  // IMMEDIATE: the lock is taken, or waited for, now and not at the first write.
  SONDE_TRY(database.execute("BEGIN IMMEDIATE"));
  return Transaction(database);
}

Transaction::Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  if (database_ == nullptr) return;
  // Some faults have ended the transaction already (https://www.sqlite.org/lang_transaction.html).
  sqlite3* handle = database_->connection_->handle();
  if (sqlite3_get_autocommit(handle) == 0) sqlite3_exec(handle, "ROLLBACK", nullptr, nullptr, nullptr);
}

Result<> Transaction::commit() {
  SONDE_TRY(database_->execute("COMMIT"));
  database_ = nullptr;
  return Ok{};
}

}  // namespace sonde::history
