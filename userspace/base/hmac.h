#pragma once

#include <string>
#include <string_view>

namespace sonde {

/// HMAC-SHA256 (RFC 2104).  shape: 32 bytes.
std::string hmac_sha256(std::string_view key, std::string_view text);

/// The same in lower-case hexadecimal digits.
std::string hmac_sha256_hex(std::string_view key, std::string_view text);

}  // namespace sonde
