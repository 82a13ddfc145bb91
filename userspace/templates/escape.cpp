#include "templates/escape.h"

#include <array>
#include <cstdio>

#include "templates/rune.h"

namespace sonde::templates {
namespace {

constexpr std::string_view kHexadecimal = "0123456789ABCDEF";

std::string_view html_entity(char letter) {
  switch (letter) {
    case '\0':
      return "\xEF\xBF\xBD";
    case '"':
      return "&#34;";
    case '\'':
      return "&#39;";
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    default:
      return "";
  }
}

std::string_view js_escape(char32_t rune) {
  switch (rune) {
    case U'\\':
      return "\\\\";
    case U'\'':
      return "\\'";
    case U'"':
      return "\\\"";
    case U'<':
      return "\\u003C";
    case U'>':
      return "\\u003E";
    case U'&':
      return "\\u0026";
    case U'=':
      return "\\u003D";
    default:
      return "";
  }
}

std::string unicode_escape(char32_t rune) {
  std::array<char, 16> buffer;
  std::snprintf(buffer.data(), buffer.size(), "\\u%04X", static_cast<unsigned>(rune));
  return buffer.data();
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char letter : text) {
    const std::string_view entity = html_entity(letter);
    out += entity.empty() ? std::string_view(&letter, 1) : entity;
  }
  return out;
}

std::string escape_js(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const Rune rune = decode_rune(text);
    const std::string_view escaped = js_escape(rune.value);
    if (!escaped.empty()) {
      out += escaped;
    } else if (rune.value < ' ' || (rune.value >= 0x80 && !is_printable(rune.value))) {
      out += unicode_escape(rune.value);
    } else {
      out += text.substr(0, rune.bytes);
    }
    text.remove_prefix(rune.bytes);
  }
  return out;
}

std::string escape_query(std::string_view text) {
  std::string out;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    const bool plain = (letter >= '0' && letter <= '9') || (byte < 0x80 && is_letter(byte)) || letter == '-' ||
                       letter == '_' || letter == '.' || letter == '~';
    if (plain) {
      out += letter;
    } else if (letter == ' ') {
      out += '+';
    } else {
      out += '%';
      out += kHexadecimal[byte >> 4U];
      out += kHexadecimal[byte & 0xfU];
    }
  }
  return out;
}

}  // namespace sonde::templates
