#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sonde::serve {

/// Appends a JSON string (RFC 8259, section 7). What is not UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);

/// Appends milliseconds as seconds with the decimals they need: `1435781451.781`, as Prometheus'
/// util/jsonutil/marshal.go does.
void append_json_time(std::string& out, std::int64_t at_ms);

/// Appends a sample's value as a JSON string: without an exponent where that stays short, as Prometheus'
/// util/jsonutil/marshal.go does.
void append_json_value(std::string& out, double value);

}  // namespace sonde::serve
