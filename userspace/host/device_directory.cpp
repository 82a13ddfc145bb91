#include "host/device_directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

#include "host/fields.h"

namespace sonde::host {
namespace {

constexpr std::size_t kAttributeBytes = 4096;

struct DirectoryClose {
  void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};

Error to_error(int failed, const std::string& path) {
  Error error = Error::from_errno(failed, path);
  if (failed == ENOENT || failed == ENOTDIR || failed == ENODEV) error.code = Code::kNotFound;
  return error;
}

}  // namespace

Result<DeviceDirectory> DeviceDirectory::open(const std::string& path) {
  UniqueFd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return to_error(errno, path);
  struct stat facts {};
  if (::fstat(directory.get(), &facts) != 0) return to_error(errno, path);
  return DeviceDirectory(std::move(directory), facts.st_ino);
}

DeviceDirectory::DeviceDirectory(UniqueFd directory, std::uint64_t inode)
    : directory_(std::move(directory)), inode_(inode), buffer_(kAttributeBytes) {}

std::optional<std::string_view> DeviceDirectory::read(const char* name) {
  const std::optional<std::string_view> text = read_raw(name);
  return text ? std::optional(trim(*text)) : std::nullopt;
}

std::optional<std::string_view> DeviceDirectory::read_raw(const char* name) {
  // O_NONBLOCK: somebody's fifo in the place of an attribute must not stop us.
  const UniqueFd file(::openat(directory_.get(), name, O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!file) return std::nullopt;
  const ssize_t length = ::read(file.get(), buffer_.data(), buffer_.size());
  if (length < 0) return std::nullopt;
  return std::string_view(buffer_.data(), static_cast<std::size_t>(length));
}

std::optional<std::int64_t> DeviceDirectory::read_integer(const char* name) {
  const std::optional<std::string_view> text = read(name);
  if (!text) return std::nullopt;
  if (!text->starts_with("0x")) return to_integer(*text);
  const std::optional<std::uint64_t> bits = to_count(text->substr(2), 16);
  return bits && *bits <= INT64_MAX ? std::optional(static_cast<std::int64_t>(*bits)) : std::nullopt;
}

std::vector<std::string> DeviceDirectory::list() const {
  std::vector<std::string> names;
  // readdir() needs a descriptor of its own: it closes it, and its place in the directory is the descriptor's.
  const int again = ::openat(directory_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (again < 0) return names;
  const std::unique_ptr<DIR, DirectoryClose> entries(::fdopendir(again));
  if (!entries) {
    ::close(again);
    return names;
  }
  while (const dirent* entry = ::readdir(entries.get())) {
    const std::string_view found = entry->d_name;
    if (found != "." && found != "..") names.emplace_back(found);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace sonde::host
