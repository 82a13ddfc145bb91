#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

#include "base/clock.h"
#include "probe/attempt.h"
#include "probe/conversation.h"
#include "probe/event_loop.h"
#include "probe/types.h"

namespace sonde::probe {

/// A conversation, after the name of whom it is with has been looked up.
class ConversationAttempt final : public Attempt {
 public:
  using Begin = std::function<std::unique_ptr<Conversation>(const Peer& peer)>;

  /// What it works with.  owner: the caller keeps everything alive.
  struct Parts {
    const ProbeTarget& target;
    EventLoop& loop;
    std::size_t token = 0;
    const Clock& clock;
  };

  /// With somebody.
  ConversationAttempt(const Parts& parts, Begin begin);

  /// With nobody in particular.
  ConversationAttempt(const Parts& parts, std::unique_ptr<Conversation> conversation);

  ~ConversationAttempt() override;
  ConversationAttempt(const ConversationAttempt&) = delete;
  ConversationAttempt& operator=(const ConversationAttempt&) = delete;

  [[nodiscard]] bool advance() override;
  [[nodiscard]] ProbeResult result() const override;

 private:
  void watch(const Wait& wait);

  const Parts parts_;
  const Begin begin_;
  const KernelTime started_;
  std::unique_ptr<Lookup> lookup_;  // null: nobody is looked up
  std::chrono::nanoseconds resolved_{0};
  std::unique_ptr<Conversation> conversation_;
  Wait waits_for_;
};

}  // namespace sonde::probe
