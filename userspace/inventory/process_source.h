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
  [[nodiscard]] Result<std::string> executable(std::int32_t pid) const override;
  [[nodiscard]] Result<std::string> process_name(std::int32_t pid) const override;

 private:
  [[nodiscard]] std::string path_of(std::int32_t pid, const char* file) const;

  std::string root_;
};

}  // namespace sonde::inventory
