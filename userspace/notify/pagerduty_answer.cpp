#include "notify/pagerduty_answer.h"

#include <nlohmann/json.hpp>
#include <string_view>

#include "notify/retry.h"
#include "notify/wording.h"

namespace sonde::notify {
namespace {

using nlohmann::json;

/// `message`, and the `errors` behind it.
std::string reason_of(const std::string& body) {
  const json parsed = json::parse(body, nullptr, false);
  if (!parsed.is_object()) return {};
  std::string reason;
  const auto add = [&](const json& value) {
    if (value.is_string()) reason += (reason.empty() ? "" : "; ") + value.get<std::string>();
  };
  if (const auto message = parsed.find("message"); message != parsed.end()) add(*message);
  const auto errors = parsed.find("errors");
  if (errors == parsed.end() || !errors->is_array()) return reason;
  for (const json& error : *errors) add(error);
  return reason;
}

std::string without(std::string text, const std::string& secret) {
  constexpr std::string_view kShown = "<secret>";
  if (secret.empty()) return text;
  for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at + kShown.size())) {
    text.replace(at, secret.size(), kShown);
  }
  return text;
}

}  // namespace

Attempt judge_pagerduty(const HttpOutcome& outcome, WallTime now, const std::string& routing_key) {
  constexpr std::size_t kLongestReason = 300;
  Attempt attempt = judge_api(outcome, now);
  const std::string reason = outcome ? shorten(without(reason_of(outcome->body), routing_key), kLongestReason) : "";
  if (reason.empty()) return attempt;
  attempt.receipt.reply += " (" + reason + ")";
  if (!attempt.error.empty()) attempt.error += " (" + reason + ")";
  return attempt;
}

}  // namespace sonde::notify
