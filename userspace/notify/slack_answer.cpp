#include "notify/slack_answer.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "notify/retry.h"

namespace sonde::notify {
namespace {

using nlohmann::json;

/// Slack says why in one lower-case word (`invalid_payload`, `no_service`). Nothing else of an answer is repeated:
/// error pages quote the path, and the path is the secret.
bool is_word(std::string_view text) {
  constexpr std::size_t kLongestWord = 40;
  return !text.empty() && text.size() <= kLongestWord &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

enum class Meaning : std::uint8_t { kRetry, kUnknown, kPause, kGone, kRefused };

struct ErrorRow {
  std::string_view word;
  Meaning meaning;
  std::string_view remedy = {};
};

// https://api.slack.com/methods/chat.postMessage#errors and chat.update; what is not here is refused for good.
constexpr std::array kErrors{
    ErrorRow{"ratelimited", Meaning::kPause},
    ErrorRow{"rate_limited", Meaning::kPause},
    ErrorRow{"service_unavailable", Meaning::kRetry},
    ErrorRow{"request_timeout", Meaning::kRetry},
    ErrorRow{"team_added_to_org", Meaning::kRetry},
    ErrorRow{"internal_error", Meaning::kUnknown},
    ErrorRow{"fatal_error", Meaning::kUnknown},
    ErrorRow{"message_not_found", Meaning::kGone},
    ErrorRow{"cant_update_message", Meaning::kGone},
    ErrorRow{"edit_window_closed", Meaning::kGone},
    ErrorRow{"thread_not_found", Meaning::kGone},
    ErrorRow{"cannot_reply_to_message", Meaning::kGone},
    ErrorRow{"channel_not_found", Meaning::kRefused, "; check the channel, and invite the bot if it is a private one"},
    ErrorRow{"not_in_channel", Meaning::kRefused, "; invite the bot into the channel"},
    ErrorRow{"is_archived", Meaning::kRefused, "; choose another channel"},
    ErrorRow{"missing_scope", Meaning::kRefused, "; give the bot the scope chat:write"},
    ErrorRow{"not_authed", Meaning::kRefused, "; give the channel the bot's token"},
    ErrorRow{"invalid_auth", Meaning::kRefused, "; give the channel a token that is valid"},
    ErrorRow{"token_revoked", Meaning::kRefused, "; give the channel a new token"},
    ErrorRow{"token_expired", Meaning::kRefused, "; give the channel a new token"},
    ErrorRow{"account_inactive", Meaning::kRefused, "; give the channel the token of an active bot"},
};

ErrorRow row_of(const std::string& word) {
  const auto row =
      std::find_if(kErrors.begin(), kErrors.end(), [&](const ErrorRow& each) { return each.word == word; });
  return row == kErrors.end() ? ErrorRow{word, Meaning::kRefused} : *row;
}

/// The object of an answer; nothing if it is none.
std::optional<json> object_of(const std::string& body) {
  json parsed = json::parse(body, nullptr, false);
  return parsed.is_object() ? std::optional(std::move(parsed)) : std::nullopt;
}

std::string text_at(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<std::chrono::nanoseconds> wait_of(const json& object) {
  constexpr std::int64_t kLongest = 1'000'000;
  const auto found = object.find("retry_after");
  if (found == object.end() || !found->is_number_integer()) return std::nullopt;
  return std::chrono::seconds{std::clamp<std::int64_t>(found->get<std::int64_t>(), 0, kLongest)};
}

SlackApiAnswer refusal(const json& object, Attempt attempt) {
  const std::string given = text_at(object, "error");
  const std::string word = is_word(given) ? given : "no reason given";
  const ErrorRow row = row_of(word);
  SlackApiAnswer answer{std::move(attempt)};
  answer.attempt.error = "Slack: " + word + std::string(row.remedy);
  switch (row.meaning) {
    case Meaning::kUnknown:
      answer.attempt.may_have_arrived = true;
      [[fallthrough]];
    case Meaning::kRetry:
      answer.attempt.outcome = Outcome::kRetry;
      break;
    case Meaning::kPause:
      answer.attempt.outcome = Outcome::kPause;
      answer.attempt.wait = pause_of(answer.attempt.wait ? answer.attempt.wait : wait_of(object));
      break;
    case Meaning::kGone:
      answer.message_is_gone = true;
      [[fallthrough]];
    case Meaning::kRefused:
      answer.attempt.outcome = Outcome::kRefused;
      break;
  }
  return answer;
}

}  // namespace

Attempt judge_slack_webhook(const HttpOutcome& outcome, WallTime now) {
  Attempt attempt = judge_api(outcome, now);
  if (!outcome || !is_word(outcome->body)) return attempt;
  attempt.receipt.reply += " (" + outcome->body + ")";
  // The word stands behind the status, before the remedy.
  const std::size_t status_end = attempt.error.find(';');
  if (!attempt.error.empty()) {
    attempt.error.insert(std::min(status_end, attempt.error.size()), " (" + outcome->body + ")");
  }
  return attempt;
}

SlackApiAnswer judge_slack_api(const HttpOutcome& outcome, WallTime now) {
  Attempt attempt = judge_http(outcome, now);
  const auto object = outcome ? object_of(outcome->body) : std::nullopt;
  const auto ok = object ? object->find("ok") : json::const_iterator();
  const bool has_ok = object && ok != object->end() && ok->is_boolean();
  if (attempt.outcome == Outcome::kDelivered && has_ok && ok->get<bool>()) {
    attempt.receipt = {text_at(*object, "ts"), text_at(*object, "channel"), attempt.receipt.reply + " (ok)"};
    return {std::move(attempt)};
  }
  if (attempt.outcome == Outcome::kDelivered && !has_ok) {
    attempt.outcome = Outcome::kRetry;
    attempt.may_have_arrived = true;
    attempt.error = attempt.receipt.reply + " with an answer that is not Slack's";
    return {std::move(attempt)};
  }
  // What a status above says is more than the word for it: a 429 stays one.
  if (!has_ok || attempt.outcome == Outcome::kPause) return {std::move(attempt)};
  return refusal(*object, std::move(attempt));
}

}  // namespace sonde::notify
