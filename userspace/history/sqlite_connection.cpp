#include "history/sqlite_connection.h"

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

#include "base/utf8.h"
#include "history/sql_connection.h"

namespace sonde::history {
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

/// The handle, and the path that every error names.
class SqliteConnection final : public SqlConnection {
 public:
  SqliteConnection(std::string path, sqlite3* handle) : path_(std::move(path)), handle_(handle) {}
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;
  // _v2: a statement that is still there keeps the handle until it goes.
  ~SqliteConnection() override { sqlite3_close_v2(handle_); }

  [[nodiscard]] Dialect dialect() const override { return Dialect::kSqlite; }
  [[nodiscard]] const std::string& name() const override { return path_; }
  Result<> execute(const std::string& sql) override;
  Result<std::unique_ptr<SqlStatement>> prepare(std::string_view sql) override;
  [[nodiscard]] std::int64_t changed_rows() const override { return sqlite3_changes64(handle_); }
  // IMMEDIATE: the lock is taken, or waited for, now and not at the first write.
  Result<> begin() override { return execute("BEGIN IMMEDIATE"); }
  Result<> commit() override { return execute("COMMIT"); }
  void roll_back() noexcept override;

  [[nodiscard]] Error fault(int status) const;

 private:
  std::string path_;
  sqlite3* handle_;
};

class SqliteStatement final : public SqlStatement {
 public:
  SqliteStatement(const SqliteConnection& connection, sqlite3_stmt* statement)
      : connection_(connection), statement_(statement) {}

  void bind(std::int64_t number) override;
  void bind(std::string_view text) override;
  Result<bool> step() override;
  void reset() override;
  [[nodiscard]] std::int64_t number(int column) const override;
  [[nodiscard]] std::string text(int column) const override;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
  };
  void note_bound(int status);

  const SqliteConnection& connection_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int bound_ = 0;
  int bind_fault_ = 0;
};

Error SqliteConnection::fault(int status) const {
  const Meaning meaning = meaning_of(status);
  const int number = handle_ == nullptr ? 0 : sqlite3_system_errno(handle_);
  std::string what = "'" + path_ + "': " + (handle_ == nullptr ? sqlite3_errstr(status) : sqlite3_errmsg(handle_));
  const bool by_system = (status & 0xFF) == SQLITE_IOERR || (status & 0xFF) == SQLITE_CANTOPEN;
  if (by_system && number > 0) what += std::string(" (") + std::strerror(number) + ")";
  if (meaning.advice != nullptr) what += std::string("; ") + meaning.advice;
  return Error{meaning.code, std::move(what), by_system ? number : 0};
}

void SqliteStatement::note_bound(int status) {
  if (status != SQLITE_OK && bind_fault_ == 0) bind_fault_ = status;
}

void SqliteStatement::bind(std::int64_t number) { note_bound(sqlite3_bind_int64(statement_.get(), ++bound_, number)); }

void SqliteStatement::bind(std::string_view text) {
  const char* bytes = text.data() == nullptr ? "" : text.data();  // a null pointer would be an SQL NULL
  const bool is_text = text.find('\0') == std::string_view::npos && is_valid_utf8(text);
  const int status =
      is_text ? sqlite3_bind_text64(statement_.get(), ++bound_, bytes, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8)
              : sqlite3_bind_blob64(statement_.get(), ++bound_, bytes, text.size(), SQLITE_TRANSIENT);
  note_bound(status);
}

void SqliteStatement::reset() {
  sqlite3_reset(statement_.get());
  bound_ = 0;
  bind_fault_ = 0;
}

Result<bool> SqliteStatement::step() {
  const int status = bind_fault_ != 0 ? bind_fault_ : sqlite3_step(statement_.get());
  if (status == SQLITE_ROW) return true;
  if (status == SQLITE_DONE) {
    reset();
    return false;
  }
  Error error = connection_.fault(status);
  reset();
  return error;
}

std::int64_t SqliteStatement::number(int column) const { return sqlite3_column_int64(statement_.get(), column); }

std::string SqliteStatement::text(int column) const {
  const void* bytes = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return bytes == nullptr ? std::string()
                          : std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

Result<> SqliteConnection::execute(const std::string& sql) {
  const int status = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  if (status != SQLITE_OK) return fault(status);
  return Ok{};
}

Result<std::unique_ptr<SqlStatement>> SqliteConnection::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int status = sqlite3_prepare_v2(handle_, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  if (status != SQLITE_OK) return fault(status);
  return std::unique_ptr<SqlStatement>(std::make_unique<SqliteStatement>(*this, statement));
}

void SqliteConnection::roll_back() noexcept {
  // Some faults have ended the transaction already (https://www.sqlite.org/lang_transaction.html).
  if (sqlite3_get_autocommit(handle_) == 0) sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
}

}  // namespace

Result<Database> open_sqlite(const std::string& path) {
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int status = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  auto connection = std::make_unique<SqliteConnection>(path, handle);
  if (status != SQLITE_OK) return connection->fault(status);
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
  return Database(std::move(connection));
}

}  // namespace sonde::history
