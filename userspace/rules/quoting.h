#pragma once

#include <string>
#include <string_view>

namespace sonde::rules {

/// A text as PromQL writes it between double quotes.
inline std::string quote_text(std::string_view text) {
  std::string quoted = "\"";
  for (const char byte : text) {
    if (byte == '"' || byte == '\\') quoted += '\\';
    quoted += byte;
  }
  return quoted + '"';
}

/// A regular expression that matches this text alone.
inline std::string escape_pattern(std::string_view text) {
  std::string pattern;
  for (const char byte : text) {
    if (std::string_view("\\.+*?()|[]{}^$").find(byte) != std::string_view::npos) pattern += '\\';
    pattern += byte;
  }
  return pattern;
}

}  // namespace sonde::rules
