#include "host/host_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <utility>

#include "base/unique_fd.h"
#include "host/fields.h"

namespace sonde::host {
namespace {

constexpr std::size_t kFirstBytes = 16U << 10U;
constexpr std::size_t kMostBytes = 16U << 20U;
/// A buffer that grew beyond this is given back: few files need it, such as /proc/net/udp of a busy name server.
constexpr std::size_t kKeptBytes = 1U << 20U;

Error to_error(int failed, const std::string& path) {
  Error error = Error::from_errno(failed, path);
  // ESRCH and ENODEV: a process or device that goes between open and read.
  const bool is_gone = failed == ENOENT || failed == ENOTDIR || failed == ESRCH || failed == ENODEV;
  if (is_gone) error.code = Code::kNotFound;
  return error;
}

struct DirectoryClose {
  void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};

}  // namespace

HostFiles::HostFiles(HostRoots roots) : roots_(std::move(roots)) { buffer_.resize(kFirstBytes); }

Result<std::string_view> HostFiles::read_proc(std::string_view name) { return read(roots_.proc, name); }
Result<std::string_view> HostFiles::read_sys(std::string_view name) { return read(roots_.sys, name); }
Result<std::string_view> HostFiles::read_cgroup(std::string_view name) { return read(roots_.cgroup, name); }
Result<std::string_view> HostFiles::read_root(std::string_view name) { return read(roots_.root, name); }

Result<std::uint64_t> HostFiles::count_proc(std::string_view name) { return count(roots_.proc, name); }
Result<std::uint64_t> HostFiles::count_sys(std::string_view name) { return count(roots_.sys, name); }

Result<std::uint64_t> HostFiles::count(const std::string& root, std::string_view name) {
  const std::optional<std::uint64_t> number = to_count(trim(SONDE_TRY(read(root, name))));
  if (!number) return Error{Code::kBadInput, path_ + " does not hold a whole number"};
  return *number;
}

Result<std::string_view> HostFiles::read(const std::string& root, std::string_view name) {
  path_.assign(root).append("/").append(name);
  const UniqueFd file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return to_error(errno, path_);
  if (buffer_.size() > kKeptBytes) buffer_ = std::string(kFirstBytes, '\0');
  std::size_t length = 0;
  for (;;) {
    if (length == buffer_.size()) {
      if (length >= kMostBytes) return Error{Code::kLimit, path_ + " holds more than 16 MiB", EFBIG};
      buffer_.resize(buffer_.size() * 2);
    }
    const ssize_t got = ::read(file.get(), buffer_.data() + length, buffer_.size() - length);
    if (got == 0) return std::string_view(buffer_.data(), length);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return to_error(errno, path_);
    length += static_cast<std::size_t>(got);
  }
}

Result<std::vector<std::string>> HostFiles::list_sys(std::string_view name) const {
  const std::string path = roots_.sys + "/" + std::string(name);
  const std::unique_ptr<DIR, DirectoryClose> directory(::opendir(path.c_str()));
  if (!directory) return to_error(errno, path);
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(directory.get())) {
    const std::string_view found = entry->d_name;
    if (found != "." && found != "..") names.emplace_back(found);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace sonde::host
