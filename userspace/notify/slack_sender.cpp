#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "notify/payload.h"
#include "notify/sender_kinds.h"
#include "notify/slack_answer.h"

namespace sonde::notify {
namespace {

// Slack takes about one message a second for a channel, and disables applications that go on beyond it.
constexpr std::chrono::seconds kSlackPace{1};

class SlackWebhookSender final : public Sender {
 public:
  SlackWebhookSender(const SlackWebhook& to, const SenderParts& parts)
      : to_(to), http_(parts.transports.http), timeout_(parts.timeout) {}

  Attempt send(const Outgoing& outgoing) override {
    return judge_slack_webhook(http_.post({.url = to_.url,
                                           .body = slack_payload(outgoing.notification, remarks_of(outgoing)),
                                           .http = to_.http,
                                           .timeout = timeout_}),
                               outgoing.now);
  }

  [[nodiscard]] bool is_idempotent() const override { return false; }
  [[nodiscard]] std::chrono::nanoseconds pace() const override { return kSlackPace; }

 private:
  const SlackWebhook& to_;
  HttpClient& http_;
  const std::chrono::nanoseconds timeout_;
};

/// The first message of an incident is what is seen in the channel: it is kept up to date, and whoever follows its
/// thread is told there. The update comes first, for it can be repeated without harm.
class SlackBotSender final : public Sender {
 public:
  SlackBotSender(const SlackBot& to, const SenderParts& parts)
      : to_(to), http_(parts.transports.http), timeout_(parts.timeout) {}

  Attempt send(const Outgoing& outgoing) override {
    if (!outgoing.incident || outgoing.incident->id.empty()) return post_first(outgoing);
    const Receipt& first = *outgoing.incident;
    SlackBotMessage message = message_for(outgoing);
    message.channel = first.place.empty() ? to_.channel : first.place;
    // What changes no state leaves the message as it is, which tells the state.
    if (outgoing.notification.kind != MessageKind::kNoticed) {
      message.message = first.id;
      const SlackApiAnswer updated = call("chat.update", outgoing, message);
      if (updated.message_is_gone) return post_first(outgoing);
      if (updated.attempt.outcome != Outcome::kDelivered) return unsent(updated.attempt, first);
      message.message.clear();
    }
    message.thread = first.id;
    SlackApiAnswer told = call("chat.postMessage", outgoing, message);
    if (told.message_is_gone) return post_first(outgoing);
    told.attempt.receipt.id = first.id;
    told.attempt.receipt.place = first.place;
    return std::move(told.attempt);
  }

  [[nodiscard]] bool is_idempotent() const override { return false; }
  [[nodiscard]] std::chrono::nanoseconds pace() const override { return kSlackPace; }

 private:
  [[nodiscard]] SlackBotMessage message_for(const Outgoing& outgoing) const {
    return {.channel = to_.channel,
            .thread = {},
            .message = {},
            .id = outgoing.id,
            .remarks = remarks_of(outgoing),
            .has_buttons = !to_.signing_secret.empty()};
  }

  Attempt post_first(const Outgoing& outgoing) {
    return call("chat.postMessage", outgoing, message_for(outgoing)).attempt;
  }

  /// An update leaves the same message however often it arrives.
  static Attempt unsent(Attempt attempt, const Receipt& first) {
    attempt.may_have_arrived = false;
    attempt.receipt.id = first.id;
    attempt.receipt.place = first.place;
    return attempt;
  }

  SlackApiAnswer call(const std::string& method, const Outgoing& outgoing, const SlackBotMessage& message) {
    return judge_slack_api(http_.post({.url = to_.api_url + "/" + method,
                                       .content_type = "application/json; charset=utf-8",
                                       .body = slack_bot_payload(outgoing.notification, message),
                                       .headers = {{"Authorization", "Bearer " + to_.token}},
                                       .http = to_.http,
                                       .timeout = timeout_}),
                           outgoing.now);
  }

  const SlackBot& to_;
  HttpClient& http_;
  const std::chrono::nanoseconds timeout_;
};

}  // namespace

std::unique_ptr<Sender> new_sender(const SlackWebhook& to, const SenderParts& parts) {
  return std::make_unique<SlackWebhookSender>(to, parts);
}

std::unique_ptr<Sender> new_sender(const SlackBot& to, const SenderParts& parts) {
  return std::make_unique<SlackBotSender>(to, parts);
}

}  // namespace sonde::notify
