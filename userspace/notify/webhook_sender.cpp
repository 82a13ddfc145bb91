#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "base/hmac.h"
#include "notify/payload.h"
#include "notify/retry.h"
#include "notify/sender_kinds.h"

namespace sonde::notify {
namespace {

/// One signature for each secret: while one replaces another, a receiver finds that of the one it knows.
std::string signatures(const Webhook& to, const std::string& timestamp, const std::string& body) {
  std::string text;
  for (const std::string& secret : to.signing_secrets) {
    text += (text.empty() ? "v1=" : ",v1=") + hmac_sha256_hex(secret, timestamp + ":" + body);
  }
  return text;
}

class WebhookSender final : public Sender {
 public:
  WebhookSender(const Webhook& to, const SenderParts& parts)
      : to_(to), channel_(parts.channel), http_(parts.transports.http), timeout_(parts.timeout) {}

  Attempt send(const Outgoing& outgoing) override {
    HttpPost post{.url = to_.url,
                  .body = webhook_payload(outgoing.notification, {channel_, to_.max_alerts, remarks_of(outgoing)}),
                  .headers = {{"Idempotency-Key", outgoing.id}, {"X-Sonde-Attempt", std::to_string(outgoing.attempt)}},
                  .http = to_.http,
                  .timeout = timeout_};
    if (!to_.token.empty()) post.headers.push_back({"Authorization", "Bearer " + to_.token});
    if (!to_.signing_secrets.empty()) {
      const auto seconds = std::chrono::floor<std::chrono::seconds>(outgoing.now.time_since_epoch()).count();
      const std::string timestamp = std::to_string(seconds);
      post.headers.push_back({"X-Sonde-Timestamp", timestamp});
      post.headers.push_back({"X-Sonde-Signature", signatures(to_, timestamp, post.body)});
    }
    return judge_http(http_.post(post), outgoing.now);
  }

  /// Every attempt has the same Idempotency-Key.
  [[nodiscard]] bool is_idempotent() const override { return true; }

 private:
  const Webhook& to_;
  const std::string channel_;
  HttpClient& http_;
  const std::chrono::nanoseconds timeout_;
};

}  // namespace

std::unique_ptr<Sender> new_sender(const Webhook& to, const SenderParts& parts) {
  return std::make_unique<WebhookSender>(to, parts);
}

}  // namespace sonde::notify
