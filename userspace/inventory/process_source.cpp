#include "inventory/process_source.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <string_view>
#include <utility>

#include "base/file.h"

namespace sonde::inventory {
namespace {

constexpr std::size_t kCgroupLimitBytes = 64U << 10U;  // a dozen hierarchies of the longest possible path
constexpr std::size_t kCommLimitBytes = 4096;

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

}  // namespace

ProcfsSource::ProcfsSource(std::string root) : root_(std::move(root)) {}

std::string ProcfsSource::path_of(std::int32_t pid, const char* file) const {
  return root_ + '/' + std::to_string(pid) + '/' + file;
}

Result<std::string> ProcfsSource::cgroup(std::int32_t pid) const {
  return read_process_file(path_of(pid, "cgroup"), kCgroupLimitBytes);
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

}  // namespace sonde::inventory
