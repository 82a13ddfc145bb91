#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "alerts/types.h"
#include "base/clock.h"
#include "base/result.h"

namespace sonde::serve {

/// Signs links. Whoever knows it can acknowledge every incident.
using LinkKey = std::array<std::uint8_t, 32>;

/// What the holder of a link may do, once.
struct LinkClaim {
  std::int64_t incident = 0;
  std::uint32_t occurrence = 1;
  alerts::IncidentAction action = alerts::IncidentAction::kAcknowledge;
  std::string actor;    ///< who does it: a person, or `link by CHANNEL`
  WallTime expires_at;  ///< not any more from then on.  units: whole seconds
  std::string id;       ///< new_link_id(): no two links have the same

  bool operator==(const LinkClaim&) const = default;
};

/// 128 random bits, as base64url.
std::string new_link_id();

/// base64url(claim) "." base64url(HMAC-SHA256(key, claim)): fit for a path.
std::string make_link_token(const LinkClaim& claim, const LinkKey& key);

/// What a token says, whether or not it has expired.
/// errors: kBadInput if it is damaged; kPermission if this key has not signed it.
Result<LinkClaim> read_link_token(std::string_view token, const LinkKey& key);

}  // namespace sonde::serve
