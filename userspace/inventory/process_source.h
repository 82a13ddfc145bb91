#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace sonde::inventory {

/// What the operating system knows of a process.  errors: kNotFound once the process is gone, kPermission, kLimit.
class ProcessSource {
 public:
  virtual ~ProcessSource() = default;

  /// The text of /proc/PID/cgroup.
  [[nodiscard]] virtual Result<std::string> cgroup(std::int32_t pid) const = 0;

  /// Whether the main thread is on its way out, or waits as a zombie to be asked after.
  [[nodiscard]] virtual Result<bool> is_exiting(std::int32_t pid) const = 0;

  /// The path of the program file, also after it was replaced or removed; kNotFound for a kernel thread.
  [[nodiscard]] virtual Result<std::string> executable(std::int32_t pid) const = 0;

  /// The comm of the process (of its main thread).
  [[nodiscard]] virtual Result<std::string> process_name(std::int32_t pid) const = 0;
};

/// proc(5).  threads: any.
class ProcfsSource final : public ProcessSource {
 public:
  explicit ProcfsSource(std::string root = "/proc");

  [[nodiscard]] Result<std::string> cgroup(std::int32_t pid) const override;
  [[nodiscard]] Result<bool> is_exiting(std::int32_t pid) const override;
  [[nodiscard]] Result<std::string> executable(std::int32_t pid) const override;
  [[nodiscard]] Result<std::string> process_name(std::int32_t pid) const override;

 private:
  [[nodiscard]] std::string path_of(std::int32_t pid, const char* file) const;

  std::string root_;
};

/// Whether the process had left its cgroups when `cgroup` was read: it is gone, or on its way out. In version 1 the
/// kernel then says "/" in place of each (proc_cgroup_show in kernel/cgroup/cgroup.c), in version 2 still the truth.
[[nodiscard]] bool has_left(const ProcessSource& source, std::int32_t pid, const Result<std::string>& cgroup);

}  // namespace sonde::inventory
