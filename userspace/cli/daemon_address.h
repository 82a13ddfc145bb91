#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/types.h"

namespace sonde::cli {

/// Reads `HOST:PORT`, `[IPV6]:PORT`, `HOST` (the usual port) or `:PORT` (this host).
/// errors: kBadInput, saying what is allowed.
Result<DaemonAddress> parse_daemon_address(std::string_view text);

/// As it stands in a URL: `127.0.0.1:10977`, `[::1]:10977`.
std::string to_text(const DaemonAddress& address);

}  // namespace sonde::cli
