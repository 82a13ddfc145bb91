#include <algorithm>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "notify/payload.h"
#include "notify/retry.h"
#include "notify/sender_kinds.h"
#include "notify/several.h"
#include "notify/wording.h"

namespace sonde::notify {
namespace {

// As Prometheus does: told each minute, an alert outlives three reminders that do not arrive.
constexpr std::chrono::minutes kLifetime{4};

std::string endpoint(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url + "/api/v2/alerts";
}

/// Its reasons are one JSON string.
Attempt judge(const HttpOutcome& outcome, WallTime now) {
  constexpr std::size_t kLongestReason = 200;
  Attempt attempt = judge_api(outcome, now);
  if (!outcome || attempt.error.empty()) return attempt;
  const auto parsed = nlohmann::json::parse(outcome->body, nullptr, false);
  if (parsed.is_string()) attempt.error += " (" + shorten(parsed.get<std::string>(), kLongestReason) + ")";
  return attempt;
}

/// Tells every member: which of them notifies, they settle among themselves.
class AlertmanagerSender final : public Sender {
 public:
  AlertmanagerSender(const Alertmanager& to, const SenderParts& parts)
      : to_(to), http_(parts.transports.http), timeout_(parts.timeout) {}

  Attempt send(const Outgoing& outgoing) override {
    const Notification& notification = outgoing.notification;
    // There is no word for it there; whatever fires is told again by the minute anyhow.
    if (is_about_people(notification.kind))
      return nothing_to_send("Alertmanager knows no " + std::string(name_of(notification.kind)));
    const auto bodies = alertmanager_payloads(std::span(&notification, 1), outgoing.now, kLifetime);
    if (bodies.empty()) return nothing_to_send("the incident has no alerts");
    return tell(outgoing.remaining.empty() ? to_.urls : outgoing.remaining, bodies, outgoing.now);
  }

  [[nodiscard]] bool is_idempotent() const override { return true; }
  [[nodiscard]] bool needs_reminders() const override { return true; }

  Attempt remind(std::span<const Notification> notifications, WallTime now) override {
    const auto bodies = alertmanager_payloads(notifications, now, kLifetime);
    return bodies.empty() ? nothing_to_send("nothing fires") : tell(to_.urls, bodies, now);
  }

 private:
  /// All at once: a member that hangs keeps nothing from the others.
  Attempt tell(const std::vector<std::string>& members, const std::vector<std::string>& bodies, WallTime now) {
    std::vector<TargetAttempt> attempts;
    for (const std::string& member : members) attempts.push_back({member, {}});
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < attempts.size(); ++i) {
      const auto work = [&, i] { attempts[i].attempt = tell_one(attempts[i].target, bodies, now); };
      try {
        threads.emplace_back(work);
      } catch (const std::system_error&) {
        work();  // no thread to be had: later, then
      }
    }
    if (!attempts.empty()) attempts[0].attempt = tell_one(attempts[0].target, bodies, now);
    for (std::jthread& thread : threads) thread.join();
    return combine(attempts);
  }

  /// One body after the other, up to the first that does not arrive.
  Attempt tell_one(const std::string& member, const std::vector<std::string>& bodies, WallTime now) {
    Attempt attempt;
    for (const std::string& body : bodies) {
      attempt = judge(http_.post({.url = endpoint(member),
                                  .body = body,
                                  .http = {.user = to_.user, .password = to_.password, .tls = {.ca_file = to_.ca_file}},
                                  .timeout = timeout_}),
                      now);
      if (attempt.outcome != Outcome::kDelivered) break;
    }
    return attempt;
  }

  const Alertmanager& to_;
  HttpClient& http_;
  const std::chrono::nanoseconds timeout_;
};

}  // namespace

std::unique_ptr<Sender> new_sender(const Alertmanager& to, const SenderParts& parts) {
  return std::make_unique<AlertmanagerSender>(to, parts);
}

}  // namespace sonde::notify
