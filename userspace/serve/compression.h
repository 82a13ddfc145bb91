#pragma once

#include <string>
#include <string_view>

namespace sonde::serve {

/// Whether an Accept-Encoding header (RFC 9110, section 12.5.3) allows gzip by name, and not with q=0.
bool accepts_gzip(std::string_view accept_encoding);

/// Packs as gzip (RFC 1952) at zlib's fastest level.  errors: empty if zlib has no memory.
std::string gzip(std::string_view text);

}  // namespace sonde::serve
