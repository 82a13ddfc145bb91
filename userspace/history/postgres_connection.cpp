#include "history/postgres_connection.h"

#include <libpq-fe.h>

#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "base/utf8.h"
#include "history/postgres_migrations.h"
#include "history/sql_connection.h"

namespace sonde::history {
namespace {

constexpr int kOldestServer = 140'000;  // the first with idle_session_timeout
constexpr std::chrono::milliseconds kBetweenConnects{1'000};

/// What the server does for us: it ends what hangs and what has gone, so that another hub can take over.
/// https://www.postgresql.org/docs/15/runtime-config-client.html, runtime-config-connection.html
constexpr const char* kSessionOptions =
    "-c idle_in_transaction_session_timeout=10s -c statement_timeout=5s -c lock_timeout=3s -c tcp_keepalives_idle=4 -c "
    "tcp_keepalives_interval=2 -c tcp_keepalives_count=3 "
    "-c tcp_user_timeout=10s -c synchronous_commit=on -c standard_conforming_strings=on";

/// Of one that decides: that it still lives is shown every few seconds.
constexpr const char* kShort = "SET idle_session_timeout = '10s'";

/// "Sond", and which of a database's schemas.
constexpr const char* kTryLock = "SELECT pg_try_advisory_lock(1399811684, hashtext(current_schema()))";

struct Finish {
  void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
};
struct Clear {
  void operator()(PGresult* result) const noexcept { PQclear(result); }
};
struct FreeOptions {
  void operator()(PQconninfoOption* options) const noexcept { PQconninfoFree(options); }
};
using Answer = std::unique_ptr<PGresult, Clear>;

/// One line, without what only libpq's own users understand.
std::string line_of(const char* message) {
  std::string line(message == nullptr ? "" : message);
  while (!line.empty() && line.back() == '\n') line.pop_back();
  for (char& c : line) {
    if (c == '\n') c = ' ';
  }
  return line;
}

/// A text as PostgreSQL takes it, also one of JSON, whose \u0000 it cannot read.
std::string storable(std::string_view text) {
  constexpr std::string_view kNul = "\\u0000";
  const bool is_fine = text.find('\0') == std::string_view::npos && is_valid_utf8(text);
  std::string stored = is_fine ? std::string(text) : sanitise_utf8(text);
  for (std::size_t at = stored.find('\\'); at != std::string::npos; at = stored.find('\\', at + 2)) {
    if (stored.compare(at, kNul.size(), kNul) == 0) stored.replace(at, kNul.size(), "\\ufffd");
  }
  return stored;
}

/// What class of SQLSTATE an error is of: https://www.postgresql.org/docs/15/errcodes-appendix.html
Code code_of(std::string_view state) {
  if (state.substr(0, 2) == "28" || state == "42501") return Code::kPermission;
  if (state.substr(0, 2) == "53" || state.substr(0, 2) == "55" || state.substr(0, 2) == "57") return Code::kLimit;
  return Code::kIo;
}

class PostgresConnection final : public SqlConnection {
 public:
  PostgresConnection(PostgresOptions options, std::function<void()> on_deposed)
      : options_(std::move(options)), on_deposed_(std::move(on_deposed)) {}

  [[nodiscard]] Dialect dialect() const override { return Dialect::kPostgres; }
  [[nodiscard]] const std::string& name() const override { return name_; }
  Result<> execute(const std::string& sql) override;
  Result<std::unique_ptr<SqlStatement>> prepare(std::string_view sql) override;
  [[nodiscard]] std::int64_t changed_rows() const override { return changed_rows_; }
  Result<> begin() override;
  Result<> commit() override;
  void roll_back() noexcept override;

  Result<> connect();
  /// False if another hub has it.
  Result<bool> lock();
  Result<> note_lead(const std::string& url);

  Result<Answer> run(const std::string& sql, const std::vector<const char*>& values);

 private:
  Result<> ensure();
  Result<> reconnect();
  Result<> refuse_deposed();
  Result<Answer> checked(PGresult* result);
  template <class Run>
  Result<Answer> again_if_lost(const Run& run);
  Result<std::string> ask(const std::string& sql);

  PostgresOptions options_;
  std::function<void()> on_deposed_;
  std::string name_ = "the PostgreSQL store";
  std::unique_ptr<PGconn, Finish> connection_;
  bool takes_lead_ = false;
  std::string lead_term_;  // of one that takes the lead; empty: it has not got it yet
  bool is_deposed_ = false;
  bool in_transaction_ = false;
  std::int64_t changed_rows_ = 0;
  std::chrono::steady_clock::time_point tried_at_{};
  std::string why_not_;
};

class PostgresStatement final : public SqlStatement {
 public:
  PostgresStatement(PostgresConnection& connection, std::string sql) : connection_(connection), sql_(std::move(sql)) {}

  void bind(std::int64_t number) override { values_.push_back(std::to_string(number)); }
  void bind(std::string_view text) override { values_.push_back(storable(text)); }
  Result<bool> step() override;
  void reset() override;
  [[nodiscard]] std::int64_t number(int column) const override;
  [[nodiscard]] std::string text(int column) const override;

 private:
  PostgresConnection& connection_;
  std::string sql_;
  std::vector<std::string> values_;
  Answer rows_;
  int row_ = -1;
};

Result<bool> PostgresStatement::step() {
  if (rows_ == nullptr) {
    std::vector<const char*> values;
    values.reserve(values_.size());
    for (const std::string& value : values_) values.push_back(value.c_str());
    auto answer = connection_.run(sql_, values);
    if (!answer) {
      reset();
      return std::move(answer).error();
    }
    rows_ = *std::move(answer);
  }
  if (++row_ < PQntuples(rows_.get())) return true;
  reset();
  return false;
}

void PostgresStatement::reset() {
  rows_.reset();
  values_.clear();
  row_ = -1;
}

std::int64_t PostgresStatement::number(int column) const {
  const std::string shown = text(column);
  if (shown == "t") return 1;
  std::int64_t value = 0;
  std::from_chars(shown.data(), shown.data() + shown.size(), value);
  return value;
}

std::string PostgresStatement::text(int column) const {
  return {PQgetvalue(rows_.get(), row_, column), static_cast<std::size_t>(PQgetlength(rows_.get(), row_, column))};
}

Result<Answer> PostgresConnection::checked(PGresult* result) {
  Answer answer(result);
  const ExecStatusType status = PQresultStatus(answer.get());
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY) {
    const std::string_view changed = PQcmdTuples(answer.get());
    changed_rows_ = 0;
    std::from_chars(changed.data(), changed.data() + changed.size(), changed_rows_);
    return answer;
  }
  const bool is_lost = PQstatus(connection_.get()) == CONNECTION_BAD;
  const char* state = PQresultErrorField(answer.get(), PG_DIAG_SQLSTATE);
  Error error{is_lost ? Code::kIo : code_of(state == nullptr ? "" : state),
              name_ + ": " + line_of(PQerrorMessage(connection_.get()))};
  if (is_lost) connection_.reset();
  return error;
}

/// What the caller sees of a connection is one that is there.
Result<> PostgresConnection::ensure() {
  if (is_deposed_) return refuse_deposed();
  if (connection_ != nullptr && PQstatus(connection_.get()) == CONNECTION_OK) return Ok{};
  if (in_transaction_) return Error{Code::kIo, name_ + ": the connection has broken within a transaction"};
  if (std::chrono::steady_clock::now() - tried_at_ < kBetweenConnects) return Error{Code::kIo, why_not_};
  auto done = reconnect();
  if (done) return done;
  // Without the lock, what is connected must not write.
  connection_.reset();
  why_not_ = done.error().what;
  return done;
}

Result<> PostgresConnection::refuse_deposed() {
  return Error{Code::kLimit, name_ + ": another hub has taken over; this one does not write any more"};
}

/// Goes on only as what it was.
Result<> PostgresConnection::reconnect() {
  if (takes_lead_ && lead_term_.empty()) {
    return Error{Code::kIo, name_ + ": the connection has broken before this hub had the lead"};
  }
  SONDE_TRY(connect());
  if (!takes_lead_) return Ok{};
  const bool is_free = SONDE_TRY(lock());
  const auto term = ask("SELECT term FROM lead");
  if (!term) return term.error();
  if (is_free && *term == lead_term_) return Ok{};
  // It may be our own session of before, which the server has not yet seen end.
  if (!is_free && *term == lead_term_) {
    return Error{Code::kLimit, name_ + ": the lock is held, by another hub or by the connection that has broken"};
  }
  is_deposed_ = true;
  if (on_deposed_) on_deposed_();
  return refuse_deposed();
}

Result<> PostgresConnection::connect() {
  tried_at_ = std::chrono::steady_clock::now();
  std::vector<const char*> names{"dbname", "application_name", "connect_timeout", "options", "tcp_user_timeout"};
  std::vector<const char*> values{options_.conninfo.c_str(), "sonde", "3", kSessionOptions, "5000"};
  if (!options_.password.empty()) {
    names.push_back("password");
    values.push_back(options_.password.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  connection_.reset(PQconnectdbParams(names.data(), values.data(), 1));
  if (connection_ == nullptr) return Error{Code::kLimit, "no memory for a connection to PostgreSQL"};
  PQsetNoticeProcessor(
      connection_.get(), [](void*, const char*) {}, nullptr);
  if (PQstatus(connection_.get()) != CONNECTION_OK) {
    Error error{Code::kIo, "PostgreSQL: " + line_of(PQerrorMessage(connection_.get()))};
    connection_.reset();
    return error;
  }
  name_ = "the database '" + std::string(PQdb(connection_.get())) + "' of PostgreSQL at " + PQhost(connection_.get()) +
          ":" + PQport(connection_.get());
  if (const int version = PQserverVersion(connection_.get()); version < kOldestServer) {
    connection_.reset();
    return Error{Code::kUnsupported,
                 name_ + " is of version " + std::to_string(version / 10'000) + "; hubs share one of 14 or newer"};
  }
  return Ok{};
}

Result<bool> PostgresConnection::lock() {
  takes_lead_ = true;
  auto is_free = ask(kTryLock);
  if (!is_free) return std::move(is_free).error();
  if (*is_free != "t") return false;
  SONDE_TRY(checked(PQexec(connection_.get(), kShort)));
  return true;
}

Result<> PostgresConnection::note_lead(const std::string& url) {
  const std::string stored = storable(url);
  std::unique_ptr<char, void (*)(void*)> quoted(PQescapeLiteral(connection_.get(), stored.c_str(), stored.size()),
                                                &PQfreemem);
  if (quoted == nullptr) return Error{Code::kBadInput, name_ + ": " + line_of(PQerrorMessage(connection_.get()))};
  lead_term_ = SONDE_TRY(ask("INSERT INTO lead (id, term, url) VALUES (1, 1, " + std::string(quoted.get()) +
                             ") ON CONFLICT (id) DO UPDATE SET term = lead.term + 1, url = excluded.url "
                             "RETURNING term"));
  return Ok{};
}

Result<std::string> PostgresConnection::ask(const std::string& sql) {
  const Answer answer = SONDE_TRY(checked(PQexec(connection_.get(), sql.c_str())));
  if (PQntuples(answer.get()) == 0) return Error{Code::kNotFound, name_ + " has no such row"};
  return std::string(PQgetvalue(answer.get(), 0, 0));
}

Result<> PostgresConnection::execute(const std::string& sql) {
  SONDE_TRY(again_if_lost([&] { return PQexec(connection_.get(), sql.c_str()); }));
  return Ok{};
}

/// A connection that broke while nobody looked is made again. What is run outside of a transaction may be run twice.
template <class Run>
Result<Answer> PostgresConnection::again_if_lost(const Run& run) {
  SONDE_TRY(ensure());
  auto answer = checked(run());
  if (answer || connection_ != nullptr || in_transaction_ || !ensure()) return answer;
  return checked(run());
}

Result<std::unique_ptr<SqlStatement>> PostgresConnection::prepare(std::string_view sql) {
  return std::unique_ptr<SqlStatement>(std::make_unique<PostgresStatement>(*this, numbered_parameters(sql)));
}

Result<Answer> PostgresConnection::run(const std::string& sql, const std::vector<const char*>& values) {
  return again_if_lost([&] {
    return PQexecParams(connection_.get(), sql.c_str(), static_cast<int>(values.size()), nullptr, values.data(),
                        nullptr, nullptr, 0);
  });
}

Result<> PostgresConnection::begin() {
  SONDE_TRY(execute("BEGIN"));
  in_transaction_ = true;
  return Ok{};
}

Result<> PostgresConnection::commit() {
  SONDE_TRY(execute("COMMIT"));
  in_transaction_ = false;
  return Ok{};
}

void PostgresConnection::roll_back() noexcept {
  in_transaction_ = false;
  if (connection_ == nullptr || PQtransactionStatus(connection_.get()) == PQTRANS_IDLE) return;
  const Answer answer(PQexec(connection_.get(), "ROLLBACK"));
  if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK) connection_.reset();
}

}  // namespace

std::string numbered_parameters(std::string_view sql) {
  std::string numbered;
  int last = 0;
  bool is_quoted = false;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    if (sql[i] == '\'') is_quoted = !is_quoted;
    if (sql[i] != '?' || is_quoted) {
      numbered += sql[i];
      continue;
    }
    numbered += '$';
    const bool is_numbered = i + 1 < sql.size() && sql[i + 1] >= '0' && sql[i + 1] <= '9';
    if (!is_numbered) numbered += std::to_string(++last);
  }
  return numbered;
}

Result<> check_conninfo(const std::string& conninfo) {
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, FreeOptions> parsed(PQconninfoParse(conninfo.c_str(), &message));
  const std::unique_ptr<char, void (*)(void*)> owned(message, &PQfreemem);
  if (parsed == nullptr) {
    return Error{Code::kBadInput, "is no connection string of libpq: " + line_of(message) +
                                      "; write postgresql://USER@HOST:PORT/DATABASE"};
  }
  for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
    const bool is_given = option->val != nullptr && *option->val != '\0';
    if (is_given && std::strcmp(option->keyword, "password") == 0) {
      return Error{Code::kBadInput, "has a password in it, which everybody would see: there is the key password_file"};
    }
  }
  return Ok{};
}

Result<std::optional<Database>> lead_postgres(const LeadOptions& options) {
  auto connection = std::make_unique<PostgresConnection>(options.postgres, options.on_deposed);
  SONDE_TRY(connection->connect());
  if (!SONDE_TRY(connection->lock())) return std::optional<Database>();
  PostgresConnection& leading = *connection;
  Database database(std::move(connection));
  SONDE_TRY(migrate_postgres(database));
  SONDE_TRY(leading.note_lead(options.url));
  return std::optional<Database>(std::move(database));
}

Database join_postgres(const PostgresOptions& options) {
  return Database(std::make_unique<PostgresConnection>(options, nullptr));
}

}  // namespace sonde::history
