#include "app/self_usage.h"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <limits>
#include <memory>
#include <string_view>
#include <utility>

#include "base/file.h"
#include "base/utf8.h"

namespace sonde::app {
namespace {

/// The fields of stat that follow the comm; proc(5) counts them from 3.
constexpr std::size_t kFirstField = 3;
constexpr std::size_t kLastField = 24;

struct Stat {
  std::string comm;
  std::array<std::uint64_t, kLastField + 1> fields{};

  [[nodiscard]] std::uint64_t user_ticks() const { return fields[14]; }
  [[nodiscard]] std::uint64_t system_ticks() const { return fields[15]; }
  [[nodiscard]] std::uint64_t thread_count() const { return fields[20]; }
  [[nodiscard]] std::uint64_t virtual_bytes() const { return fields[23]; }
  [[nodiscard]] std::uint64_t resident_pages() const { return fields[24]; }
};

struct CloseDirectory {
  void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};

/// The entries of a directory whose names are numbers.
struct Listing {
  std::vector<std::int32_t> numbers;
  std::int32_t own_fd = -1;  ///< what the directory was read through: among the numbers if it is our own fd directory
};

double seconds_of(std::uint64_t ticks) {
  return static_cast<double>(ticks) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

/// A negative number, such as a nice value, reads as 0: none that is needed can be one.
std::uint64_t number_in(std::string_view field) {
  std::uint64_t number = 0;
  std::from_chars(field.data(), field.data() + field.size(), number);
  return number;
}

Result<Stat> read_stat(const std::string& path) {
  const std::string text = SONDE_TRY(read_file(path));
  // A comm may hold spaces and parentheses of its own, the fields behind it cannot.
  const std::size_t open = text.find('(');
  const std::size_t close = text.rfind(')');
  if (open == text.npos || close == text.npos || close < open) {
    return Error{Code::kBadInput, "'" + path + "' has no command in parentheses"};
  }
  Stat stat;
  stat.comm = sanitise_utf8(std::string_view(text).substr(open + 1, close - open - 1));
  std::string_view rest = std::string_view(text).substr(close + 1);
  for (std::size_t field = kFirstField; field <= kLastField; ++field) {
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    const std::size_t length = std::min(rest.find_first_of(" \n"), rest.size());
    if (length == 0) {
      return Error{Code::kBadInput, "'" + path + "' ends before field " + std::to_string(field)};
    }
    stat.fields[field] = number_in(rest.substr(0, length));
    rest.remove_prefix(length);
  }
  return stat;
}

Result<Listing> list_numbers(const std::string& path) {
  const std::unique_ptr<DIR, CloseDirectory> directory(::opendir(path.c_str()));
  if (!directory) return Error::from_errno(errno, "open directory '" + path + "'");
  Listing listing;
  listing.own_fd = ::dirfd(directory.get());
  while (true) {
    errno = 0;
    const dirent* entry = ::readdir(directory.get());
    if (entry == nullptr && errno != 0) return Error::from_errno(errno, "read directory '" + path + "'");
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    std::int32_t number = 0;
    const char* const end = std::from_chars(name.data(), name.data() + name.size(), number).ptr;
    if (end == name.data() + name.size()) listing.numbers.push_back(number);
  }
  std::sort(listing.numbers.begin(), listing.numbers.end());
  return listing;
}

/// The soft limit in a line of limits, such as "Max open files            1024                 4096 files".
Result<std::uint64_t> limit_in(std::string_view limits, std::string_view name) {
  const std::size_t line = limits.find(name);
  std::string_view rest = limits.substr(std::min(line, limits.size()));
  rest.remove_prefix(std::min(name.size(), rest.size()));
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  if (rest.starts_with("unlimited")) return std::numeric_limits<std::uint64_t>::max();
  if (rest.empty() || rest.front() < '0' || rest.front() > '9') {
    return Error{Code::kBadInput, "no number behind '" + std::string(name) + "' in limits"};
  }
  return number_in(rest);
}

bool has_ended(const Error& error) { return error.code == Code::kNotFound || error.sys_errno == ESRCH; }

Result<std::vector<ThreadUsage>> read_threads(const std::string& task_directory) {
  std::vector<ThreadUsage> threads;
  const Listing listing = SONDE_TRY(list_numbers(task_directory));
  for (const std::int32_t thread_id : listing.numbers) {
    Result<Stat> stat = read_stat(task_directory + '/' + std::to_string(thread_id) + "/stat");
    if (!stat && has_ended(stat.error())) continue;
    if (!stat) return std::move(stat).error();
    threads.push_back(
        {thread_id, std::move(stat->comm), seconds_of(stat->user_ticks()), seconds_of(stat->system_ticks())});
  }
  return threads;
}

}  // namespace

Result<> update_totals(SelfUsage& usage, const std::string& process_directory) {
  const Stat stat = SONDE_TRY(read_stat(process_directory + "/stat"));
  usage.user_seconds = seconds_of(stat.user_ticks());
  usage.system_seconds = seconds_of(stat.system_ticks());
  usage.resident_bytes = stat.resident_pages() * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  usage.virtual_bytes = stat.virtual_bytes();
  usage.thread_count = stat.thread_count();
  return Ok{};
}

Result<SelfUsage> read_self_usage(const std::string& process_directory) {
  SelfUsage usage;
  SONDE_TRY(update_totals(usage, process_directory));
  const std::string limits = SONDE_TRY(read_file(process_directory + "/limits"));
  usage.max_virtual_bytes = SONDE_TRY(limit_in(limits, "Max address space"));
  usage.max_fds = SONDE_TRY(limit_in(limits, "Max open files"));
  const Listing fds = SONDE_TRY(list_numbers(process_directory + "/fd"));
  const auto own = static_cast<std::size_t>(std::count(fds.numbers.begin(), fds.numbers.end(), fds.own_fd));
  usage.open_fds = fds.numbers.size() - own;
  usage.threads = SONDE_TRY(read_threads(process_directory + "/task"));
  return usage;
}

}  // namespace sonde::app
