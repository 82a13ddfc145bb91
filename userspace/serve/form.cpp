#include "serve/form.h"

#include <charconv>
#include <cstdint>
#include <utility>

namespace sonde::serve {
namespace {

/// A percent sign and the digits after it, as far as there are any.
std::string_view escape_at(std::string_view text, std::size_t at) { return text.substr(at, 3); }

Result<char> decode_escape(std::string_view escape) {
  std::uint8_t byte = 0;
  const char* const begin = escape.data() + 1;
  const char* const end = escape.data() + escape.size();
  const auto [stopped, failed] = std::from_chars(begin, end, byte, 16);
  if (escape.size() != 3 || failed != std::errc{} || stopped != end) {
    return Error{Code::kBadInput, "invalid URL escape \"" + std::string(escape) + "\""};
  }
  return static_cast<char>(byte);
}

Result<std::string> decode(std::string_view text, bool plus_is_blank) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%') {
      decoded += SONDE_TRY(decode_escape(escape_at(text, at)));
      at += 2;
    } else {
      decoded += plus_is_blank && text[at] == '+' ? ' ' : text[at];
    }
  }
  return decoded;
}

}  // namespace

Result<Parameters> parse_form(std::string_view text) {
  Parameters parameters;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(pair.size() < text.size() ? pair.size() + 1 : pair.size());
    if (pair.empty()) continue;
    if (pair.find(';') != std::string_view::npos) {
      return Error{Code::kBadInput, "invalid semicolon separator in query"};
    }
    const std::size_t equals = pair.find('=');
    std::string name = SONDE_TRY(decode(pair.substr(0, equals), true));
    std::string value;
    if (equals != std::string_view::npos) value = SONDE_TRY(decode(pair.substr(equals + 1), true));
    parameters.add(std::move(name), std::move(value));
  }
  return parameters;
}

Result<std::string> decode_path(std::string_view text) {
  std::string path = SONDE_TRY(decode(text, false));
  if (path.find('\0') != std::string::npos) return Error{Code::kBadInput, "a zero byte is no part of a path"};
  return path;
}

}  // namespace sonde::serve
