#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <cstddef>
#include <functional>

#include "base/unique_fd.h"

namespace sonde::test {

/// A process of its own (the sensor never looks at the process it runs in) that pauses where its script says so, the
/// first time before it. Ended with the object at the latest.
class ProcessChild {
 public:
  /// In the child: tells the parent that this point is reached, and waits to be let on.
  using Pause = std::function<void()>;
  /// What the child does; returns its exit code.
  using Script = std::function<int(const Pause&)>;

  /// Returns once the child waits before its script.
  explicit ProcessChild(const Script& script);
  ~ProcessChild();
  ProcessChild(const ProcessChild&) = delete;
  ProcessChild& operator=(const ProcessChild&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }

  /// Lets the child on, and waits until it pauses again.
  [[nodiscard]] bool run_to_pause();
  /// Lets the child on.
  [[nodiscard]] bool run();
  /// Waits for the child's end. Returns its status as of wait(2), or -1.
  int wait(rusage* usage = nullptr);
  /// Lets the child on and waits for its end.
  int finish(rusage* usage = nullptr) { return run() ? wait(usage) : -1; }

 private:
  [[nodiscard]] bool await_pause();

  pid_t pid_ = -1;
  UniqueFd go_;
  UniqueFd paused_;
};

/// In a child: ends it with code 97 unless `worked`.
void require(bool worked);

/// In a child: ends the calling thread alone, without unwinding what the test runs on.
[[noreturn]] void leave_thread();

/// In a child: touches so much memory, once for each page.
void touch(std::size_t bytes);

/// In a child: keeps the CPU busy until this thread has used so much more of it.
void burn_cpu(long milliseconds);

}  // namespace sonde::test
