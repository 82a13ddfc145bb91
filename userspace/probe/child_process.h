#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace sonde::probe {

/// How a program ended.
struct ProcessEnd {
  bool was_killed = false;
  int number = 0;  ///< the exit status, or the signal
};

/// A program in a session and process group of its own. When it goes the group is killed; what has gone is reaped.
class ChildProcess {
 public:
  /// Starts it with /dev/null as its input, `output` as its output and its errors, and no other descriptor; with
  /// PATH and LANG as its environment, and none of the capabilities that we were started with.
  /// shape: a path, which is not searched for, and arguments.  errors: `sys_errno`.
  static Result<ChildProcess> start(const std::vector<std::string>& command, const UniqueFd& output);

  ChildProcess(ChildProcess&& other) noexcept = default;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();

  /// Readable once it has ended.
  [[nodiscard]] int fd() const { return pidfd_.get(); }

  /// Nothing while it runs. Once it has ended, what is left of its group is killed.
  /// errors: kIo if nobody can say, for the process ignores SIGCHLD.
  Result<std::optional<ProcessEnd>> end();

 private:
  ChildProcess(UniqueFd pidfd, pid_t pid) noexcept : pidfd_(std::move(pidfd)), pid_(pid) {}

  UniqueFd pidfd_;  // none: it was reaped
  pid_t pid_ = 0;
};

}  // namespace sonde::probe
