#include "inventory/process_source.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <sstream>
#include <string_view>
#include <utility>

#include "base/file.h"

namespace sonde::inventory {
namespace {

constexpr std::size_t kCgroupLimitBytes = 64U << 10U;  // a dozen hierarchies of the longest possible path
constexpr std::size_t kCommLimitBytes = 4096;
constexpr std::size_t kStatLimitBytes = 4096;

/// A process that ends between open and read answers ESRCH.
Error gone_is_not_found(Error error) {
  if (error.sys_errno == ESRCH || error.sys_errno == ENOENT) error.code = Code::kNotFound;
  return error;
}

Result<std::string> read_process_file(const std::string& path, std::size_t limit_bytes) {
  Result<std::string> text = read_file(path, limit_bytes);
  if (!text) return gone_is_not_found(std::move(text).error());
  return text;
}

/// Whether the text is one of version 1, or of both, that has the process in the root of every hierarchy of version 1.
bool is_in_roots(std::string_view cgroup_text) {
  bool is_version1 = false;
  while (!cgroup_text.empty()) {
    const std::string_view line = cgroup_text.substr(0, cgroup_text.find('\n'));
    cgroup_text.remove_prefix(std::min(line.size() + 1, cgroup_text.size()));
    if (line.starts_with("0::")) continue;
    if (!line.ends_with(":/")) return false;
    is_version1 = true;
  }
  return is_version1;
}

}  // namespace

ProcfsSource::ProcfsSource(std::string root) : root_(std::move(root)) {}

std::string ProcfsSource::path_of(std::int32_t pid, const char* file) const {
  return root_ + '/' + std::to_string(pid) + '/' + file;
}

Result<std::string> ProcfsSource::cgroup(std::int32_t pid) const {
  return read_process_file(path_of(pid, "cgroup"), kCgroupLimitBytes);
}

Result<bool> ProcfsSource::is_exiting(std::int32_t pid) const {
  constexpr unsigned long kExiting = 0x4;  // PF_EXITING of include/linux/sched.h
  const std::string path = path_of(pid, "stat");
  const std::string text = SONDE_TRY(read_process_file(path, kStatLimitBytes));
  // The name stands in parentheses, and may have some of its own.
  std::istringstream fields(text.substr(text.rfind(')') + 1));
  std::string skipped;
  for (int i = 0; i < 6; ++i) fields >> skipped;
  unsigned long flags = 0;
  if (!(fields >> flags)) return Error{Code::kIo, "'" + path + "' has no flags"};
  return (flags & kExiting) != 0;
}

Result<std::string> ProcfsSource::executable(std::int32_t pid) const {
  constexpr std::string_view kDeleted = " (deleted)";
  const std::string link = path_of(pid, "exe");
  std::array<char, PATH_MAX> target;
  const ssize_t length = ::readlink(link.c_str(), target.data(), target.size());
  if (length < 0) return gone_is_not_found(Error::from_errno(errno, "read link '" + link + "'"));
  std::string_view path(target.data(), static_cast<std::size_t>(length));
  if (path.ends_with(kDeleted)) path.remove_suffix(kDeleted.size());
  return std::string(path);
}

Result<std::string> ProcfsSource::process_name(std::int32_t pid) const {
  std::string name = SONDE_TRY(read_process_file(path_of(pid, "comm"), kCommLimitBytes));
  if (name.ends_with('\n')) name.pop_back();
  return name;
}

bool has_left(const ProcessSource& source, std::int32_t pid, const Result<std::string>& cgroup) {
  if (!cgroup) return cgroup.error().code == Code::kNotFound;
  if (!is_in_roots(*cgroup)) return false;
  const Result<bool> exiting = source.is_exiting(pid);
  return exiting ? *exiting : exiting.error().code == Code::kNotFound;
}

}  // namespace sonde::inventory
