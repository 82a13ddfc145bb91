#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sonde::host {

/// Where the pseudo file systems are mounted; tests put trees of their own there.
struct HostRoots {
  std::string proc = "/proc";
  std::string sys = "/sys";
  std::string cgroup = "/sys/fs/cgroup";
  std::string root;  ///< in front of every other path, such as /etc/os-release
};

/// Reads the small files of proc(5), sysfs(5) and cgroups(7), into one buffer that is used again and again.
/// threads: one at a time.
class HostFiles {
 public:
  explicit HostFiles(HostRoots roots = {});

  /// The whole text, valid until the next call of any read; at most 16 MiB. A file that changes while it is read may be
  /// cut: whoever parses it passes over half a line.
  /// errors: kNotFound also for a process or cgroup that went meanwhile (ESRCH, ENODEV), kPermission, kIo, kLimit.
  Result<std::string_view> read_proc(std::string_view name);
  Result<std::string_view> read_sys(std::string_view name);
  Result<std::string_view> read_cgroup(std::string_view name);
  Result<std::string_view> read_root(std::string_view name);

  /// The whole number that is all the file holds; ends what a read gave before.  errors: as above, and kBadInput.
  Result<std::uint64_t> count_proc(std::string_view name);
  Result<std::uint64_t> count_sys(std::string_view name);

  /// The names in a directory of sysfs, sorted, without . and ..; errors as above.
  Result<std::vector<std::string>> list_sys(std::string_view name) const;

  [[nodiscard]] const HostRoots& roots() const noexcept { return roots_; }

 private:
  Result<std::string_view> read(const std::string& root, std::string_view name);
  Result<std::uint64_t> count(const std::string& root, std::string_view name);

  HostRoots roots_;
  std::string path_;
  std::string buffer_;
};

}  // namespace sonde::host
