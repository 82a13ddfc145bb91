#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "notify/sender.h"
#include "notify/types.h"

namespace sonde::test {

/// What a sender was asked.
struct Asked {
  std::string id;
  unsigned attempt;
  bool may_be_repeat;
  std::optional<notify::Receipt> incident;
  std::vector<std::string> remaining;
  notify::Notification notification;
};

/// Ends each attempt as its script says, then delivers; outlives the queues that use it through a SenderLink.
struct ScriptedSender {
  std::deque<notify::Attempt> script{};
  std::function<notify::Attempt(const notify::Outgoing&)> answer{};  ///< in place of the script
  std::vector<Asked> asked{};
  std::vector<std::vector<notify::Notification>> reminders{};
  bool idempotent = false;
  bool forgets = false;
  std::chrono::nanoseconds gap{0};

  notify::Attempt send(const notify::Outgoing& outgoing) {
    asked.push_back({outgoing.id, outgoing.attempt, outgoing.may_be_repeat, outgoing.incident, outgoing.remaining,
                     outgoing.notification});
    if (answer) return answer(outgoing);
    if (script.empty()) return {.outcome = notify::Outcome::kDelivered, .receipt = {"ts", "C1", "ok"}};
    notify::Attempt attempt = script.front();
    script.pop_front();
    return attempt;
  }
};

/// owner: borrows the ScriptedSender.
class SenderLink final : public notify::Sender {
 public:
  explicit SenderLink(ScriptedSender& to) : to_(to) {}

  notify::Attempt send(const notify::Outgoing& outgoing) override { return to_.send(outgoing); }
  [[nodiscard]] bool is_idempotent() const override { return to_.idempotent; }
  [[nodiscard]] std::chrono::nanoseconds pace() const override { return to_.gap; }
  [[nodiscard]] bool needs_reminders() const override { return to_.forgets; }
  notify::Attempt remind(std::span<const notify::Notification> notifications, WallTime) override {
    to_.reminders.emplace_back(notifications.begin(), notifications.end());
    return {.outcome = notify::Outcome::kDelivered};
  }

 private:
  ScriptedSender& to_;
};

}  // namespace sonde::test
