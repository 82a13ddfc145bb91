#include "probe/conversation_attempt.h"

#include <utility>

#include "base/quantity.h"
#include "probe/target_address.h"

namespace sonde::probe {

ConversationAttempt::ConversationAttempt(const Parts& parts, Begin begin)
    : parts_(parts),
      begin_(std::move(begin)),
      started_(parts.clock.kernel_now()),
      lookup_(parts.loop.look_up(question_of(parts.target), parts.token)) {}

ConversationAttempt::ConversationAttempt(const Parts& parts, std::unique_ptr<Conversation> conversation)
    : parts_(parts), started_(parts.clock.kernel_now()), conversation_(std::move(conversation)) {}

ConversationAttempt::~ConversationAttempt() {
  if (waits_for_.fd >= 0) parts_.loop.forget(waits_for_.fd);
}

bool ConversationAttempt::advance() {
  if (!conversation_) {
    if (!lookup_->is_done()) return false;
    resolved_ = parts_.clock.kernel_now() - started_;
    if (!lookup_->fault().empty()) return true;
    conversation_ = begin_(lookup_->peer());
  }
  if (conversation_->advance()) return true;
  watch(conversation_->wait());
  return false;
}

void ConversationAttempt::watch(const Wait& wait) {
  // Right after the conversation may have closed it: nobody else has been given its number since.
  if (waits_for_.fd >= 0 && waits_for_.fd != wait.fd) parts_.loop.forget(waits_for_.fd);
  waits_for_ = wait;
  parts_.loop.watch(wait, parts_.token);
}

ProbeResult ConversationAttempt::result() const {
  ProbeResult result;
  if (conversation_) {
    result = conversation_->result();
  } else if (lookup_->is_done()) {
    result.reason = lookup_->fault();
  } else {
    result.reason = "the name was not resolved within " + format_duration(parts_.target.timeout);
  }
  if (lookup_) result.phases.insert(result.phases.begin(), {"resolve", resolved_});
  return result;
}

}  // namespace sonde::probe
