#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/utf8.h"
#include "notify/mail_answer.h"
#include "notify/pagerduty_answer.h"
#include "notify/retry.h"
#include "notify/slack_answer.h"
#include "notify/smtp_transcript.h"

namespace {

using sonde::notify::Attempt;
using sonde::notify::Outcome;

constexpr const char* kSecret = "0123456789abcdef0123456789abcdef";

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const Attempt& attempt) {
  require(sonde::is_valid_utf8(attempt.error));
  require(attempt.outcome != Outcome::kPause || attempt.wait);
  require(!attempt.wait || attempt.wait->count() >= 0);
  require(attempt.outcome == Outcome::kDelivered || !attempt.error.empty());
  require(attempt.error.find(kSecret) == std::string::npos);
}

/// The first byte chooses the status, the second how much of the rest is the header Retry-After.
void read_http(std::string_view bytes) {
  constexpr int kStatuses[] = {200, 202, 204, 400, 404, 429, 500, 503};
  const auto first = static_cast<unsigned char>(bytes[0]);
  const auto second = static_cast<unsigned char>(bytes[1]);
  const std::string_view rest = bytes.substr(2);
  const sonde::notify::HttpReply reply{kStatuses[first % 8],
                                       std::string(rest.substr(std::min<std::size_t>(second, rest.size()))),
                                       std::string(rest.substr(0, second))};
  const sonde::WallTime now{std::chrono::seconds{1'800'000'000}};
  check(sonde::notify::judge_http(reply, now));
  check(sonde::notify::judge_slack_webhook(reply, now));
  check(sonde::notify::judge_slack_api(reply, now).attempt);
  check(sonde::notify::judge_pagerduty(reply, now, kSecret));
}

/// Lines that begin with `>` are the client's.
void read_smtp(std::string_view bytes) {
  sonde::notify::SmtpTranscript transcript(2);
  while (!bytes.empty()) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size() - 1) + 1;
    const std::string_view line = bytes.substr(0, end);
    if (line.starts_with('>')) {
      transcript.sent(line.substr(1));
    } else {
      transcript.received(line);
    }
    bytes.remove_prefix(end);
  }
  const std::string recipients[] = {"a@x", "b@x"};
  const Attempt attempt = sonde::notify::judge_mail(transcript.outcome(), recipients);
  require(sonde::is_valid_utf8(attempt.error));
  require(attempt.outcome == Outcome::kDelivered || !attempt.error.empty());
  require(attempt.remaining.size() <= 2);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (size < 3) return 0;
  read_http(bytes);
  read_smtp(bytes);
  return 0;
}
