#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <functional>

#include "base/unique_fd.h"

namespace sonde::test {

/// A process that works round after round until it is killed.
class KilledChild {
 public:
  /// `work` runs in the child, for ever, and gives each round it has done to acknowledge().
  explicit KilledChild(const std::function<void(int out)>& work) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    acknowledged_ = UniqueFd(ends[0]);
    const UniqueFd out(ends[1]);
    pid_ = ::fork();
    if (pid_ != 0) return;
    work(out.get());
    std::_Exit(1);
  }

  static void acknowledge(int out, std::int64_t round) {
    constexpr int kNobodyListens = 9;
    if (::write(out, &round, sizeof round) != sizeof round) std::_Exit(kNobodyListens);
  }

  /// Waits until it has done one round, and then for `more`.
  void let_work(std::chrono::microseconds more) {
    constexpr int kLimitMs = 60'000;
    pollfd readable{acknowledged_.get(), POLLIN, 0};
    EXPECT_EQ(::poll(&readable, 1, kLimitMs), 1);
    ::usleep(static_cast<useconds_t>(more.count()));
  }

  /// The last round that it has acknowledged; -1: none.
  std::int64_t kill() {
    // To -1 it would go to every process of the machine.
    if (pid_ <= 0) {
      ADD_FAILURE() << "no child was started";
      return -1;
    }
    ::kill(pid_, SIGKILL);
    int status = 0;
    EXPECT_EQ(::waitpid(pid_, &status, 0), pid_);
    EXPECT_TRUE(WIFSIGNALED(status)) << "exit status " << WEXITSTATUS(status);
    std::int64_t last = -1;
    for (std::int64_t round = 0; ::read(acknowledged_.get(), &round, sizeof round) == sizeof round;) last = round;
    return last;
  }

 private:
  UniqueFd acknowledged_;
  pid_t pid_ = -1;
};

}  // namespace sonde::test
