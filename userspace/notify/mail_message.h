#pragma once

#include <string>

#include "notify/sender.h"
#include "notify/types.h"

namespace sonde::notify {

/// A whole message (RFC 5322): text and HTML as quoted-printable parts. Its Message-ID and Date are the same for every
/// attempt; References and In-Reply-To name the incident, so that mail programs show its messages together.
std::string mail_message(const Email& channel, const Outgoing& outgoing);

/// The Message-ID of it, with its angle brackets.
std::string message_id(const Outgoing& outgoing);

}  // namespace sonde::notify
