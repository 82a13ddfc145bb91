#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace sonde::host {

/// A directory of sysfs whose files are read without walking the path to it again and again. Each file is asked once,
/// with one read: an attribute is at most a page (sysfs(5)), and some drivers say EAGAIN to whoever insists.
/// threads: one at a time.
class DeviceDirectory {
 public:
  /// errors: kNotFound, also if it is no directory; kPermission, kIo.
  static Result<DeviceDirectory> open(const std::string& path);

  /// Without blanks and line ends at either end, valid until the next read; none if it cannot be read, for whatever
  /// reason: attributes that make no sense for a device refuse to be read.
  std::optional<std::string_view> read(const char* name);

  /// As read(), but with all blanks.
  std::optional<std::string_view> read_raw(const char* name);

  /// The attribute as a whole number, such as "1500", "-1" or "0x1003".
  std::optional<std::int64_t> read_integer(const char* name);

  /// The names in it, sorted, without . and ..; none if it went meanwhile.
  [[nodiscard]] std::vector<std::string> list() const;

  /// Differs from that of a directory of the same name that was there before.
  [[nodiscard]] std::uint64_t inode() const noexcept { return inode_; }

 private:
  DeviceDirectory(UniqueFd directory, std::uint64_t inode);

  UniqueFd directory_;
  std::uint64_t inode_;
  std::vector<char> buffer_;
};

}  // namespace sonde::host
