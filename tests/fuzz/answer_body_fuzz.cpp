// The first byte says who tells us something, Slack or PagerDuty; up to the first line's end stands the signature, the
// rest is the body.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/utf8.h"
#include "serve/pagerduty_event.h"
#include "serve/signature.h"
#include "serve/slack_interaction.h"

namespace {

using namespace sonde;

const WallTime kNow{std::chrono::seconds{1'800'000'000}};
const std::vector<std::string> kSecrets{"a secret that nobody guesses"};

void require(bool holds) {
  if (!holds) std::abort();
}

void check_error(const Error& error) { require(!error.what.empty() && is_valid_utf8(error.what)); }

void check_slack(std::string_view signature, std::string_view body) {
  require(!serve::check_slack_signature({signature, "1800000000"}, body, kSecrets, kNow));
  require(!serve::check_slack_signature({signature, signature}, body, kSecrets, kNow));
  const auto read = serve::parse_slack_interaction(body);
  if (!read) return check_error(read.error());
  if (!*read) return;
  require((*read)->incident > 0 && !(*read)->user.empty() && is_valid_utf8((*read)->user));
}

void check_pagerduty(std::string_view signature, std::string_view body) {
  require(!serve::check_pagerduty_signature(signature, body, kSecrets));
  const auto read = serve::parse_pagerduty_event(body);
  if (!read) return check_error(read.error());
  if (!*read) return;
  require(!(*read)->id.empty() && !(*read)->incident_key.empty() && is_valid_utf8((*read)->user));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string_view signature = text.substr(0, text.find('\n'));
  const std::string_view body = text.substr(signature.size() < text.size() ? signature.size() + 1 : text.size());
  (data[0] & 1U) != 0 ? check_slack(signature, body) : check_pagerduty(signature, body);
  return 0;
}
