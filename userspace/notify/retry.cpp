#include "notify/retry.h"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace sonde::notify {
namespace {

using std::chrono::nanoseconds;

constexpr std::chrono::seconds kLongestWait = std::chrono::hours{24 * 365};

constexpr int kTooManyRequests = 429;
constexpr int kGatewayTimeout = 504;

bool is_worth_retrying(int status) { return status == 408 || status == 425 || status >= 500; }

std::string remedy(int status) {
  if (status >= 300 && status < 400) return "; redirects are not followed, give the channel its final URL";
  if (status == 401 || status == 403 || status == 404 || status == 410) {
    return "; check the channel's URL and secrets, the receiver does not accept them";
  }
  return "";
}

Attempt judge_failure(const HttpFailure& failure) {
  const bool is_hopeless = failure.error.code == Code::kBadConfig;
  return {.outcome = is_hopeless ? Outcome::kRefused : Outcome::kRetry,
          .error = failure.error.what,
          .may_have_arrived = !is_hopeless && failure.body_sent};
}

bool is_web_page(const std::string& body) {
  const std::size_t start = body.find_first_not_of(" \t\r\n");
  return start != std::string::npos && body[start] == '<';
}

}  // namespace

Attempt judge_http(const HttpOutcome& outcome, WallTime now) {
  if (!outcome) return judge_failure(outcome.error());
  const int status = outcome->status;
  Attempt attempt;
  attempt.receipt.reply = "HTTP " + std::to_string(status);
  if (status >= 200 && status < 300) {
    attempt.outcome = Outcome::kDelivered;
    return attempt;
  }
  attempt.error = attempt.receipt.reply;
  if (outcome->retry_after) attempt.wait = parse_retry_after(*outcome->retry_after, now);
  if (status == kTooManyRequests) {
    attempt.outcome = Outcome::kPause;
    attempt.wait = pause_of(attempt.wait);
  } else if (is_worth_retrying(status)) {
    // A gateway that got no answer does not know what became of the message.
    attempt.may_have_arrived = status == kGatewayTimeout;
  } else {
    attempt.outcome = Outcome::kRefused;
    attempt.wait.reset();
    attempt.error += remedy(status);
  }
  return attempt;
}

Attempt judge_api(const HttpOutcome& outcome, WallTime now) {
  Attempt attempt = judge_http(outcome, now);
  if (attempt.outcome != Outcome::kDelivered || !is_web_page(outcome->body)) return attempt;
  attempt.outcome = Outcome::kRetry;
  attempt.error = attempt.receipt.reply + " with a web page: a proxy or a login page answers in place of the receiver";
  return attempt;
}

nanoseconds pause_of(std::optional<nanoseconds> asked) {
  constexpr nanoseconds kUsual = std::chrono::seconds{30};
  constexpr nanoseconds kLongest = std::chrono::hours{1};
  return asked ? std::min(*asked, kLongest) : kUsual;
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
  return nanoseconds{std::llround(capped * (0.8 + 0.4 * jitter))};
}

}  // namespace sonde::notify
