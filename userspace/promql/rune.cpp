#include "promql/rune.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "base/utf8.h"

namespace sonde::promql {
namespace {

struct RuneRange {
  char32_t first;
  char32_t last;
};

/// Controls, every space but U+0020, format characters, private use and noncharacters: what Go's strconv.IsPrint
/// denies.
constexpr std::array kUnprintable{
    RuneRange{0x7f, 0xa0},         RuneRange{0xad, 0xad},          RuneRange{0x600, 0x605},   RuneRange{0x61c, 0x61c},
    RuneRange{0x6dd, 0x6dd},       RuneRange{0x70f, 0x70f},        RuneRange{0x1680, 0x1680}, RuneRange{0x180e, 0x180e},
    RuneRange{0x2000, 0x200f},     RuneRange{0x2028, 0x202f},      RuneRange{0x205f, 0x206f}, RuneRange{0x3000, 0x3000},
    RuneRange{0xd800, 0xf8ff},     RuneRange{0xfeff, 0xfeff},      RuneRange{0xfff0, 0xfffb}, RuneRange{0xfffe, 0xffff},
    RuneRange{0xe'0000, 0xe'00ff}, RuneRange{0xf'0000, 0x10'ffff},
};

bool is_printable(char32_t rune) {
  if (rune < 0x20) return false;
  return std::ranges::none_of(kUnprintable, [rune](RuneRange r) { return r.first <= rune && rune <= r.last; });
}

std::size_t length_by_first_byte(unsigned char byte) {
  if (byte < 0x80) return 1;
  if (byte < 0xe0) return 2;
  return byte < 0xf0 ? 3 : 4;
}

std::string hex(std::uint32_t value, int digits) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (int i = digits - 1; i >= 0; --i) text += kDigits[(value >> (4U * static_cast<unsigned>(i))) & 0xfU];
  return text;
}

/// The letter behind the backslash, or nothing.
char short_escape(char32_t rune) {
  constexpr std::string_view kCharacters = "\a\b\f\n\r\t\v\\";
  constexpr std::string_view kLetters = "abfnrtv\\";
  if (rune >= 0x80) return 0;
  const std::size_t at = kCharacters.find(static_cast<char>(rune));
  return at == std::string_view::npos ? '\0' : kLetters[at];
}

void append_quoted(std::string& text, char32_t rune, char quote_character) {
  const char letter = short_escape(rune);
  if (letter != 0 || rune == static_cast<char32_t>(quote_character)) {
    text += '\\';
    text += letter != 0 ? letter : quote_character;
  } else if (is_printable(rune)) {
    append_rune(text, rune);
  } else if (rune < 0x20 || rune == 0x7f) {
    text += "\\x" + hex(rune, 2);
  } else {
    text += rune < 0x1'0000 ? "\\u" + hex(rune, 4) : "\\U" + hex(rune, 8);
  }
}

}  // namespace

Rune decode_rune(std::string_view text) {
  if (text.empty()) return {};
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return {first, 1};
  const std::size_t bytes = length_by_first_byte(first);
  if (bytes > text.size() || !is_valid_utf8(text.substr(0, bytes))) return {kReplacement, 1};
  char32_t value = first & (0x7fU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) value = (value << 6U) | (static_cast<unsigned char>(text[i]) & 0x3fU);
  return {value, bytes};
}

void append_rune(std::string& text, char32_t rune) {
  const auto byte = [&text](std::uint32_t value) { text += static_cast<char>(static_cast<unsigned char>(value)); };
  if (rune < 0x80) {
    byte(rune);
  } else if (rune < 0x800) {
    byte(0xc0U | (rune >> 6U));
    byte(0x80U | (rune & 0x3fU));
  } else if (rune < 0x1'0000) {
    byte(0xe0U | (rune >> 12U));
    byte(0x80U | ((rune >> 6U) & 0x3fU));
    byte(0x80U | (rune & 0x3fU));
  } else {
    byte(0xf0U | (rune >> 18U));
    byte(0x80U | ((rune >> 12U) & 0x3fU));
    byte(0x80U | ((rune >> 6U) & 0x3fU));
    byte(0x80U | (rune & 0x3fU));
  }
}

std::string quote(std::string_view text) {
  std::string quoted = "\"";
  while (!text.empty()) {
    const Rune rune = decode_rune(text);
    if (rune.value == kReplacement && rune.bytes == 1) {
      quoted += "\\x" + hex(static_cast<unsigned char>(text[0]), 2);
    } else {
      append_quoted(quoted, rune.value, '"');
    }
    text.remove_prefix(rune.bytes);
  }
  return quoted + '"';
}

std::string quote_rune(char32_t rune) {
  std::string quoted = "'";
  append_quoted(quoted, rune > kLastCodePoint ? kReplacement : rune, '\'');
  return quoted + '\'';
}

std::string name_rune(char32_t rune) {
  std::string digits = hex(rune, 8);
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 4));
  std::ranges::transform(digits, digits.begin(),
                         [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
  std::string name = "U+" + digits;
  if (is_printable(rune)) {
    name += " '";
    append_rune(name, rune);
    name += '\'';
  }
  return name;
}

}  // namespace sonde::promql
