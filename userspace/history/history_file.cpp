#include "history/history_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <ctime>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "history/migrations.h"
#include "history/sqlite_connection.h"

namespace sonde::history {
namespace {

constexpr mode_t kOnlyOwner = 0600;
constexpr off_t kSmallestBytes = 512;  // one page of the smallest size: https://www.sqlite.org/fileformat2.html
// https://www.sqlite.org/fileformat2.html#magic_header_string
constexpr std::string_view kMagic{"SQLite format 3\0", 16};
// What SQLite puts beside a database: https://www.sqlite.org/tempfiles.html
constexpr std::array<std::string_view, 3> kCompanions{"-wal", "-shm", "-journal"};

std::string directory_of(const std::string& path) {
  const std::string directory = std::filesystem::path(path).parent_path().string();
  return directory.empty() ? "." : directory;
}

bool is_there(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

/// Makes what was created or renamed in the directory of `path` last.
Result<> sync_directory(const std::string& path) {
  const std::string directory = directory_of(path);
  const UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) return Error::from_errno(errno, "write the directory '" + directory + "' to disk");
  return Ok{};
}

Result<UniqueFd> take_lock(const std::string& path) {
  std::error_code fault;
  std::filesystem::create_directories(directory_of(path), fault);
  if (fault) return Error::from_errno(fault.value(), "create the directory of '" + path + "'");
  const std::string name = path + ".lock";
  UniqueFd lock(::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kOnlyOwner));
  if (!lock) return Error::from_errno(errno, "open '" + name + "'");
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK) return Error::from_errno(errno, "lock '" + name + "'");
  return Error{Code::kLimit,
               "'" + path + "' is used by another process; stop that one, or give this one a file of its own"};
}

std::string timestamp(WallTime at) {
  const std::time_t seconds =
      std::chrono::system_clock::to_time_t(std::chrono::time_point_cast<std::chrono::system_clock::duration>(at));
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &parts);
  return {text.data(), size};
}

std::string unused_name(const std::string& wanted) {
  std::string name = wanted;
  for (int n = 2; is_there(name) || is_there(name + "-wal"); ++n) name = wanted + "-" + std::to_string(n);
  return name;
}

Result<> rename_if_there(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) == 0 || errno == ENOENT) return Ok{};
  return Error::from_errno(errno, "rename '" + from + "' to '" + to + "'");
}

/// Companions go first: beside a file that is not theirs, SQLite would write their pages into it.
Result<> set_aside(const std::string& path, const std::string& damage, WallTime now,
                   std::vector<std::string>& notices) {
  const std::string name = unused_name(path + ".damaged-" + timestamp(now));
  for (const std::string_view ending : kCompanions) {
    SONDE_TRY(rename_if_there(path + std::string(ending), name + std::string(ending)));
  }
  SONDE_TRY(rename_if_there(path, name));
  SONDE_TRY(sync_directory(path));
  notices.push_back("'" + path + "' is damaged (" + damage + "): it is now '" + name +
                    "', and another one is begun; what it knew of alerts is not known any more");
  return Ok{};
}

/// Builds the file under another name, so that under its own it is whole from the first moment.
Result<> create(const std::string& path) {
  const std::string making = path + ".new";
  for (const std::string_view ending : kCompanions) ::unlink((making + std::string(ending)).c_str());
  ::unlink(making.c_str());
  const UniqueFd fd(::open(making.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, kOnlyOwner));
  if (!fd) return Error::from_errno(errno, "create '" + making + "'");
  {
    Database database = SONDE_TRY(open_sqlite(making));
    SONDE_TRY(database.execute("PRAGMA synchronous = FULL"));
    SONDE_TRY(migrate(database, history_migrations()));
  }
  if (::fsync(fd.get()) != 0) return Error::from_errno(errno, "write '" + making + "' to disk");
  if (::rename(making.c_str(), path.c_str()) != 0) return Error::from_errno(errno, "rename '" + making + "'");
  return sync_directory(path);
}

/// Looks at the file without SQLite, which may throw away the log of what it cannot read, and takes a file that is
/// shorter than a page for a new one.
Result<std::string> damage_outside(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0) return Error::from_errno(errno, "look at '" + path + "'");
  if (status.st_size < kSmallestBytes) return "it has only " + std::to_string(status.st_size) + " bytes";
  std::array<char, kMagic.size()> head{};
  if (::pread(fd.get(), head.data(), head.size(), 0) != static_cast<ssize_t>(head.size())) {
    return Error::from_errno(errno, "read '" + path + "'");
  }
  if (std::string_view(head.data(), head.size()) != kMagic) return std::string("it is no SQLite database");
  return std::string();
}

/// Empty: the file is sound.  errors: all that is not the file's contents.
Result<std::string> damage_at(const std::string& path) {
  std::string damage = SONDE_TRY(damage_outside(path));
  if (!damage.empty()) return damage;
  const Database database = SONDE_TRY(open_sqlite(path));
  const auto verdict = database.ask_text("PRAGMA quick_check(1)");
  if (verdict) return *verdict == "ok" ? std::string() : *verdict;
  if (verdict.error().code == Code::kBadInput) return std::string("SQLite finds it malformed");
  return verdict.error();
}

Result<> refuse_what_is_no_file(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return Error::from_errno(errno, "look at '" + path + "'");
  if (!S_ISREG(status.st_mode)) return Error{Code::kBadInput, "'" + path + "' is no regular file; name another one"};
  return Ok{};
}

Result<Database> open_sound(const std::string& path) {
  Database database = SONDE_TRY(open_sqlite(path));
  SONDE_TRY(database.execute("PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL"));
  // Before anything of another program's file is changed.
  SONDE_TRY(migrate(database, history_migrations()));
  if (::chmod(path.c_str(), kOnlyOwner) != 0) {
    return Error::from_errno(errno, "make '" + path + "' readable by its owner only");
  }
  SONDE_TRY(database.execute("PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = 4194304"));
  return database;
}

}  // namespace

Result<HistoryFile> open_history_file(const std::string& path, WallTime now, std::vector<std::string>& notices) {
  UniqueFd lock = SONDE_TRY(take_lock(path));
  if (!is_there(path)) {
    if (is_there(path + "-wal")) SONDE_TRY(set_aside(path, "only its log is there", now, notices));
    SONDE_TRY(create(path));
  }
  SONDE_TRY(refuse_what_is_no_file(path));
  const std::string damage = SONDE_TRY(damage_at(path));
  if (!damage.empty()) {
    SONDE_TRY(set_aside(path, damage, now, notices));
    SONDE_TRY(create(path));
  }
  return HistoryFile{std::move(lock), SONDE_TRY(open_sound(path))};
}

}  // namespace sonde::history
