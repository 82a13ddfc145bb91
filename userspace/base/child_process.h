#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "base/result.h"
#include "base/unique_fd.h"

namespace sonde {

/// How a program ended.
struct ProcessEnd {
  bool was_killed = false;
  int number = 0;  ///< the exit status, or the signal
};

/// What a program reads and writes; -1 is /dev/null. Both outputs may be the same.
struct ProcessStreams {
  int input = -1;
  int output = -1;
  int error = -1;
};

inline constexpr const char* kUsualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// What becomes of those a program has started and not waited for.
enum class Leftovers : std::uint8_t { kStay, kAreKilled };

/// A program of somebody else's, in a session and process group of its own. When it goes while the program runs, the
/// group is killed; what has gone is reaped.
class ChildProcess {
 public:
  /// Starts it with the given environment and descriptors and nothing else of ours: no signal blocked or ignored, and
  /// none of the capabilities that a service manager gave us.
  /// shape: `command` is a path, which is not searched for, and arguments; `environment` NAME=VALUE.
  /// errors: kIo with `sys_errno` and its text alone; ESRCH if it ended unseen, for this process ignores SIGCHLD.
  static Result<ChildProcess> start(std::span<const std::string> command, std::span<const std::string> environment,
                                    const ProcessStreams& streams);

  ChildProcess(ChildProcess&& other) noexcept = default;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();

  /// Readable once it has ended.
  [[nodiscard]] int fd() const { return pidfd_.get(); }

  /// Sends it a signal, and all of its group. Nothing happens once its end is known.
  void signal(int number) const;

  /// Nothing while it runs.
  /// errors: kIo if nobody can say, for this process ignores SIGCHLD.
  Result<std::optional<ProcessEnd>> end(Leftovers leftovers);

 private:
  ChildProcess(UniqueFd pidfd, pid_t pid) noexcept : pidfd_(std::move(pidfd)), pid_(pid) {}

  UniqueFd pidfd_;  // none: it was reaped
  pid_t pid_ = 0;
};

}  // namespace sonde
