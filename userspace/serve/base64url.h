#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sonde::serve {

/// base64url without padding (RFC 4648, section 5): fit for a path, and for a program that looks for links in a text.
std::string encode_base64url(std::string_view bytes);

/// Nothing for what encode_base64url does not write: each text has one spelling.
std::optional<std::string> decode_base64url(std::string_view text);

}  // namespace sonde::serve
