#pragma once

#include <fcntl.h>
#include <poll.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iterator>

#include "probe/conversation.h"

namespace sonde::test {

/// Waits as the prober would, for one descriptor at a time; the limit is there for a broken test to end.
/// Ends the test program if the conversation waits for nothing, or for what a program it starts would inherit.
inline void wait_for(const probe::Conversation& conversation, std::chrono::milliseconds limit) {
  const probe::Wait wait = conversation.wait();
  if (wait.fd < 0 || (::fcntl(wait.fd, F_GETFD) & FD_CLOEXEC) == 0) std::abort();
  const int events = (wait.read ? POLLIN : 0) | (wait.write ? POLLOUT : 0);
  pollfd polled{wait.fd, static_cast<short>(events), 0};
  ::poll(&polled, 1, static_cast<int>(limit.count()));
}

/// Carries a conversation to its end. False once it is in a state that is enough for the test, or if it is not over
/// after `limit`.
inline bool finish(probe::Conversation& conversation, const std::function<bool()>& is_enough = nullptr,
                   std::chrono::milliseconds limit = std::chrono::seconds{30}) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!conversation.advance()) {
    if (is_enough && is_enough()) return false;
    if (std::chrono::steady_clock::now() >= deadline) return false;
    wait_for(conversation, limit);
  }
  return true;
}

/// How many descriptors this process has.
inline std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

}  // namespace sonde::test
