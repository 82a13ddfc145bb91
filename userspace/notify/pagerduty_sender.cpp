#include <chrono>
#include <memory>

#include "notify/pagerduty_answer.h"
#include "notify/payload.h"
#include "notify/sender_kinds.h"

namespace sonde::notify {
namespace {

class PagerDutySender final : public Sender {
 public:
  PagerDutySender(const PagerDuty& to, const SenderParts& parts)
      : to_(to), http_(parts.transports.http), timeout_(parts.timeout) {}

  Attempt send(const Outgoing& outgoing) override {
    const auto action = outgoing.notification.firing ? PagerDutyAction::kTrigger : PagerDutyAction::kResolve;
    Attempt attempt =
        judge_pagerduty(http_.post({.url = to_.url,
                                    .body = pagerduty_payload(outgoing.notification, action, to_.routing_key),
                                    .http = to_.http,
                                    .timeout = timeout_}),
                        outgoing.now, to_.routing_key);
    attempt.receipt.id = pagerduty_key(outgoing.notification);
    return attempt;
  }

  /// Events with the same dedup_key are one incident.
  [[nodiscard]] bool is_idempotent() const override { return true; }

 private:
  const PagerDuty& to_;
  HttpClient& http_;
  const std::chrono::nanoseconds timeout_;
};

}  // namespace

std::unique_ptr<Sender> new_sender(const PagerDuty& to, const SenderParts& parts) {
  return std::make_unique<PagerDutySender>(to, parts);
}

}  // namespace sonde::notify
