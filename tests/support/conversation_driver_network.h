#pragma once

#include <poll.h>

#include <chrono>
#include <cstdlib>

#include "probe/conversation.h"

namespace sonde::test {

/// Waits as the prober would, for one descriptor at a time; the limit is there for a broken test to end.
/// Ends the test program if the conversation waits for nothing.
inline void wait_for(const probe::Conversation& conversation, std::chrono::milliseconds limit) {
  const probe::Wait wait = conversation.wait();
  if (wait.fd < 0) std::abort();
  const int events = (wait.read ? POLLIN : 0) | (wait.write ? POLLOUT : 0);
  pollfd polled{wait.fd, static_cast<short>(events), 0};
  ::poll(&polled, 1, static_cast<int>(limit.count()));
}

/// Carries a conversation to its end. False if it is not over after `limit`.
inline bool finish(probe::Conversation& conversation, std::chrono::milliseconds limit = std::chrono::seconds{30}) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!conversation.advance()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    wait_for(conversation, limit);
  }
  return true;
}

}  // namespace sonde::test
