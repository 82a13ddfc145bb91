#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sonde::config {

/// A value of the file as it may be repeated in a message: in quotes, without control characters, cut if long, and
/// never a URL, which may be a secret.
std::string shown_value(std::string_view value);

/// True if `text` may be repeated as a key in a message: short and of letters, digits, `_`, `-` and `.` only.
bool is_plain_key(std::string_view text);

/// Reads decimal digits and nothing else.
std::optional<std::uint64_t> parse_whole_number(std::string_view text);

/// Reads a size in bytes: a whole number with B, KiB, MiB or GiB, or without a unit.  errors: kBadInput.
Result<std::uint64_t> parse_size(std::string_view text);

/// Checks `host:port`, `[v6]:port` or `:port`; port 0 lets the kernel choose.  errors: kBadInput.
Result<> check_listen_address(std::string_view text);

/// Checks for an absolute http or https URL (RFC 3986) with a host.  errors: kBadInput, never repeating the URL.
Result<> check_http_url(std::string_view text);

/// Checks a route template such as /users/{id}/orders.  errors: kBadInput.
Result<> check_route(std::string_view text);

/// Checks a regular expression (ECMAScript).  errors: kBadInput, with the place as far as it is known.
Result<> check_pattern(std::string_view text);

}  // namespace sonde::config
