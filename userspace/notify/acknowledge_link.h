#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "notify/types.h"

namespace sonde::notify {

/// The address by which `actor` acknowledges an occurrence of an incident, without showing who they are; empty if there
/// is none. It is a secret.  threads: any.
using LinkMaker = std::function<std::string(std::int64_t incident, std::uint32_t occurrence, const std::string& actor)>;

/// Who acknowledges by a link that a channel was sent: `link by ops`.
std::string link_actor(const std::string& channel);

/// The same message with a link of this recipient's own, if there is something to acknowledge. `actor` is a person, or
/// link_actor() of a channel.  shape: without a maker, the message as it is.
Notification with_acknowledge_link(Notification notification, const std::string& actor, const LinkMaker& maker);

}  // namespace sonde::notify
