#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

#include "notify/pagerduty_answer.h"
#include "notify/payload.h"
#include "notify/sender_kinds.h"

namespace sonde::notify {
namespace {

/// Nothing for what changes no state: PagerDuty's incidents have states, and no notes that an event could add.
std::optional<PagerDutyAction> action_of(const Notification& notification) {
  if (notification.notice) return std::nullopt;
  if (!notification.firing) return PagerDutyAction::kResolve;
  switch (notification.kind) {
    case MessageKind::kFiring:
    case MessageKind::kUpdate:
    case MessageKind::kRepeat:
      return PagerDutyAction::kTrigger;
    case MessageKind::kAcknowledged:
      return PagerDutyAction::kAcknowledge;
    case MessageKind::kResolved:
      return PagerDutyAction::kResolve;
    case MessageKind::kNoticed:
      return std::nullopt;
  }
  std::abort();
}

std::string word_of(const Notification& notification) {
  return notification.notice ? "notice" : std::string(name_of(notification.kind));
}

class PagerDutySender final : public Sender {
 public:
  PagerDutySender(const PagerDuty& to, const SenderParts& parts)
      : to_(to), http_(parts.transports.http), timeout_(parts.timeout) {}

  Attempt send(const Outgoing& outgoing) override {
    const Notification& notification = outgoing.notification;
    const auto action = action_of(notification);
    Attempt attempt = action ? post(outgoing, *action) : nothing_to_send("PagerDuty knows no " + word_of(notification));
    attempt.receipt.id = pagerduty_key(notification.dedup_key);
    return attempt;
  }

  /// Events with the same dedup_key are one incident.
  [[nodiscard]] bool is_idempotent() const override { return true; }

 private:
  Attempt post(const Outgoing& outgoing, PagerDutyAction action) {
    const std::string body = pagerduty_payload(outgoing.notification, {action, to_.routing_key, remarks_of(outgoing)});
    return judge_pagerduty(http_.post({.url = to_.url, .body = body, .http = to_.http, .timeout = timeout_}),
                           outgoing.now, to_.routing_key);
  }

  const PagerDuty& to_;
  HttpClient& http_;
  const std::chrono::nanoseconds timeout_;
};

}  // namespace

std::unique_ptr<Sender> new_sender(const PagerDuty& to, const SenderParts& parts) {
  return std::make_unique<PagerDutySender>(to, parts);
}

}  // namespace sonde::notify
