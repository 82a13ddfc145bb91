#pragma once

#include <string>
#include <string_view>

namespace sonde {

/// True if every byte belongs to a well-formed UTF-8 sequence (RFC 3629).
bool is_valid_utf8(std::string_view text) noexcept;

/// Replaces what is not UTF-8 and control characters by U+FFFD. One bad byte in a label would make Prometheus reject
/// the whole scrape, so every label that stems from captured bytes passes here.
std::string sanitise_utf8(std::string_view text);

}  // namespace sonde
