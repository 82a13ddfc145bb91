#include "host/os_release.h"

#include <algorithm>
#include <cstddef>

#include "host/fields.h"

namespace sonde::host {
namespace {

/// As a shell reads a value: 'as it is', "with \" escapes", or without quotes up to a blank.
std::string unquote(std::string_view value) {
  char quote = 0;
  bool is_escaped = false;
  std::string plain;
  for (const char byte : value) {
    if (is_escaped) {
      // Between double quotes a backslash stands for itself, unless before one of these: sh(1).
      if (quote == '"' && std::string_view("\"\\$`").find(byte) == std::string_view::npos) plain += '\\';
      plain += byte;
      is_escaped = false;
    } else if (byte == '\\' && quote != '\'') {
      is_escaped = true;
    } else if (byte == quote) {
      quote = 0;
    } else if (quote == 0 && (byte == '"' || byte == '\'')) {
      quote = byte;
    } else if (quote == 0 && (byte == ' ' || byte == '\t')) {
      break;
    } else {
      plain += byte;
    }
  }
  return plain;
}

}  // namespace

std::string find_os_release(std::string_view text, std::string_view key) {
  std::string found;
  while (!text.empty()) {
    // People edit this file: the last line may lack its end.
    const std::size_t length = std::min(text.find('\n'), text.size());
    const std::string_view line = trim(text.substr(0, length));
    text.remove_prefix(std::min(length + 1, text.size()));
    const std::optional<Halves> assignment = split(line, '=');
    if (assignment && assignment->before == key) found = unquote(assignment->after);
  }
  return found;
}

std::optional<double> to_major_minor(std::string_view version_id) {
  constexpr std::string_view kDigits = "0123456789";
  std::size_t end = std::min(version_id.find_first_not_of(kDigits), version_id.size());
  if (end == 0) return std::nullopt;
  if (version_id.substr(end).starts_with('.')) {
    end = std::min(version_id.find_first_not_of(kDigits, end + 1), version_id.size());
  }
  const std::optional<double> version = to_number(version_id.substr(0, end));
  return version && *version > 0 ? version : std::nullopt;
}

}  // namespace sonde::host
