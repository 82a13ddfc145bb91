#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace sonde::serve {

/// Whether both are the same, in a time that does not depend on where they differ.
bool is_same_secret(std::string_view one, std::string_view other);

/// What Slack sends with a request, besides its body.
struct SlackSignature {
  std::string_view signature;  ///< X-Slack-Signature: `v0=HEX`
  std::string_view timestamp;  ///< X-Slack-Request-Timestamp.  units: seconds since the epoch
};

/// Whether one of the secrets has signed `v0:TIMESTAMP:BODY` within five minutes of now
/// (https://api.slack.com/authentication/verifying-requests-from-slack).  errors: kPermission, saying what is wrong.
Result<> check_slack_signature(const SlackSignature& shown, std::string_view body, std::span<const std::string> secrets,
                               WallTime now);

/// Whether one of the secrets has signed the body by one of the signatures of X-PagerDuty-Signature, `v1=HEX,v1=HEX`:
/// there are two while one secret replaces another (https://developer.pagerduty.com/docs/verifying-signatures).
/// errors: kPermission.
Result<> check_pagerduty_signature(std::string_view shown, std::string_view body, std::span<const std::string> secrets);

}  // namespace sonde::serve
