#include "notify/retry.h"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace sonde::notify {
namespace {

using std::chrono::nanoseconds;

constexpr std::chrono::seconds kLongestWait = std::chrono::hours{24 * 365};

bool is_worth_retrying(int status) { return status == 408 || status == 425 || status == 429 || status >= 500; }

/// Slack says why in one lower-case word (`invalid_payload`, `no_service`). Nothing else of a reply is repeated: error
/// pages quote the path, and the path is the secret.
std::string slack_reason(const HttpReply& reply) {
  constexpr std::size_t kLongestReason = 40;
  const bool is_word =
      !reply.body.empty() && reply.body.size() <= kLongestReason &&
      std::all_of(reply.body.begin(), reply.body.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
  return is_word ? " (" + reply.body + ")" : "";
}

std::string remedy(int status) {
  if (status >= 300 && status < 400) return "; redirects are not followed, give the channel its final URL";
  if (status == 401 || status == 403 || status == 404 || status == 410) {
    return "; check the channel's URL, the receiver does not accept it";
  }
  return "";
}

}  // namespace

Attempt judge(const Result<HttpReply>& reply, ChannelKind kind, WallTime now) {
  if (!reply) {
    const bool hopeless = reply.error().code == Code::kBadConfig;
    return {hopeless ? Outcome::kRefused : Outcome::kRetry, std::nullopt, reply.error().what};
  }
  const int status = reply->status;
  if (status >= 200 && status < 300) return {Outcome::kDelivered, std::nullopt, ""};
  Attempt attempt;
  attempt.error = "HTTP " + std::to_string(status);
  if (kind == ChannelKind::kSlack) attempt.error += slack_reason(*reply);
  if (is_worth_retrying(status)) {
    if (reply->retry_after) attempt.wait = parse_retry_after(*reply->retry_after, now);
    return attempt;
  }
  attempt.outcome = Outcome::kRefused;
  attempt.error += remedy(status);
  return attempt;
}

std::optional<nanoseconds> parse_retry_after(const std::string& value, WallTime now) {
  std::int64_t seconds = 0;
  const auto [end, failed] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (failed == std::errc{} && end == value.data() + value.size()) {
    if (seconds < 0) return std::nullopt;
    return std::chrono::seconds{std::min<std::int64_t>(seconds, kLongestWait.count())};
  }
  const std::time_t date = curl_getdate(value.c_str(), nullptr);
  if (date < 0) return std::nullopt;
  const auto at = std::chrono::ceil<std::chrono::seconds>(now.time_since_epoch());
  return std::clamp<std::chrono::seconds>(std::chrono::seconds{date} - at, std::chrono::seconds{0}, kLongestWait);
}

nanoseconds backoff(const NotifyOptions& options, unsigned failures, double jitter) {
  constexpr unsigned kMostDoublings = 40;
  const unsigned doublings = std::min(failures > 0 ? failures - 1 : 0, kMostDoublings);
  const double grown = std::ldexp(static_cast<double>(options.first_retry.count()), static_cast<int>(doublings));
  const double capped = std::min(grown, static_cast<double>(options.longest_retry.count()));
  return nanoseconds{std::llround(capped * (1.0 - jitter / 2))};
}

}  // namespace sonde::notify
