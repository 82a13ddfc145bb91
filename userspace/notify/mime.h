#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "notify/types.h"

namespace sonde::notify {

/// Quoted-printable (RFC 2045, 6.7) of a text whose lines end in LF: lines of at most 76 characters that end in CRLF.
std::string quoted_printable(std::string_view text);

/// A header with its line end. Text beyond ASCII becomes encoded words (RFC 2047), long lines are folded, and nothing
/// in `value` can begin another header.
std::string header_line(std::string_view name, std::string_view value);

/// The same for addresses: names are quoted or encoded, addresses stand as they are.
std::string address_line(std::string_view name, const std::vector<Mailbox>& mailboxes);

/// A moment as mail writes it (RFC 5322, 3.3): `Fri, 15 Jan 2027 08:00:00 +0000`.
std::string mail_date(WallTime at);

}  // namespace sonde::notify
