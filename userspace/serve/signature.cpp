#include "serve/signature.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <system_error>

#include "base/hmac.h"

namespace sonde::serve {
namespace {

constexpr std::int64_t kMostSkewSeconds = 300;

/// Two during a change of secrets; more are nobody's.
constexpr std::size_t kMostSignatures = 8;

Error refuse(const char* what) { return Error{Code::kPermission, what}; }

Result<> check_age(std::string_view timestamp, WallTime now) {
  std::int64_t seconds = 0;
  const char* const end = timestamp.data() + timestamp.size();
  const auto [stopped, failed] = std::from_chars(timestamp.data(), end, seconds);
  if (failed != std::errc{} || stopped != end) return refuse("X-Slack-Request-Timestamp is missing, or no number");
  const std::int64_t here = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  // Not by their difference, which may be more than there are numbers for.
  if (seconds >= here - kMostSkewSeconds && seconds <= here + kMostSkewSeconds) return Ok{};
  return refuse("the request was signed more than five minutes ago, or the clocks differ");
}

}  // namespace

bool is_same_secret(std::string_view one, std::string_view other) {
  return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

Result<> check_slack_signature(const SlackSignature& shown, std::string_view body, std::span<const std::string> secrets,
                               WallTime now) {
  SONDE_TRY(check_age(shown.timestamp, now));
  std::string signed_text = "v0:";
  signed_text.append(shown.timestamp).append(":").append(body);
  bool is_known = false;
  for (const std::string& secret : secrets) {
    const bool is_same = is_same_secret("v0=" + hmac_sha256_hex(secret, signed_text), shown.signature);
    is_known = is_known || is_same;
  }
  if (is_known) return Ok{};
  return refuse("X-Slack-Signature is not that of this body: compare the signing secret with that of the application");
}

Result<> check_pagerduty_signature(std::string_view shown, std::string_view body,
                                   std::span<const std::string> secrets) {
  bool is_known = false;
  for (std::size_t i = 0; i < kMostSignatures && !shown.empty(); ++i) {
    const std::size_t end = std::min(shown.find(','), shown.size());
    std::string_view one = shown.substr(0, end);
    while (one.starts_with(' ')) one.remove_prefix(1);
    for (const std::string& secret : secrets) {
      const bool is_same = is_same_secret("v1=" + hmac_sha256_hex(secret, body), one);
      is_known = is_known || is_same;
    }
    shown.remove_prefix(std::min(end + 1, shown.size()));
  }
  if (is_known) return Ok{};
  return refuse("X-PagerDuty-Signature is not that of this body: compare the secret with that of the subscription");
}

}  // namespace sonde::serve
