#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace sonde::test {

/// What /proc says of one of the test's own processes or threads, to hold the sensor against. Zeros for what cannot be
/// read.
class ProcFigures {
 public:
  /// units: directory is "/proc/PID" or "/proc/PID/task/TID".
  explicit ProcFigures(std::string directory) : directory_(std::move(directory)) {}
  explicit ProcFigures(pid_t pid) : ProcFigures("/proc/" + std::to_string(pid)) {}

  /// A field of `stat`, counted from 1 as in proc(5), from 3 on.
  [[nodiscard]] std::uint64_t stat(std::size_t field) const;
  /// The number behind `key:` in a file.
  [[nodiscard]] std::uint64_t number(const std::string& file, const std::string& key) const;
  /// Time on a CPU (0) and waiting for one (1).
  [[nodiscard]] std::chrono::nanoseconds schedule(std::size_t field) const;
  /// User and system time, exact to two clock ticks.
  [[nodiscard]] std::chrono::nanoseconds cpu_time() const;
  [[nodiscard]] std::size_t open_fds() const;
  /// One for each thread of the process.
  [[nodiscard]] std::vector<ProcFigures> threads() const;

 private:
  std::string directory_;
};

}  // namespace sonde::test
