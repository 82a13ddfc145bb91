#include "templates/rune.h"

#include <locale.h>
#include <wctype.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/utf8.h"

namespace sonde::templates {
namespace {

/// The C library's tables of Unicode, whatever the program's own locale; null where it has none.
locale_t unicode_locale() {
  static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return locale;
}

struct Range {
  char32_t first;
  char32_t last;
};

// Spaces and characters that only steer the layout: the C library calls them printable, Go does not.
constexpr std::array kInvisible{Range{0xa0, 0xa0},     Range{0xad, 0xad},     Range{0x1680, 0x1680},
                                Range{0x180e, 0x180e}, Range{0x2000, 0x200f}, Range{0x2028, 0x202f},
                                Range{0x205f, 0x206f}, Range{0x3000, 0x3000}, Range{0xd800, 0xf8ff},
                                Range{0xfeff, 0xfeff}, Range{0xfff0, 0xfffb}, Range{0xe0000, kLastRune}};

std::string hexadecimal(char32_t rune, std::size_t digits) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text(digits, '0');
  for (std::size_t i = digits; i-- > 0; rune >>= 4U) text[i] = kDigits[rune & 0xfU];
  return text;
}

char escape_letter(char32_t rune) {
  switch (rune) {
    case U'\a':
      return 'a';
    case U'\b':
      return 'b';
    case U'\t':
      return 't';
    case U'\n':
      return 'n';
    case U'\v':
      return 'v';
    case U'\f':
      return 'f';
    case U'\r':
      return 'r';
    default:
      return '\0';
  }
}

void append_quoted(std::string& out, char32_t rune, char mark, bool ascii) {
  if (rune == static_cast<char32_t>(mark) || rune == U'\\') {
    out += '\\';
    out += static_cast<char>(rune);
  } else if (is_printable(rune) && (!ascii || rune < 0x80)) {
    append_rune(out, rune);
  } else if (const char letter = escape_letter(rune); letter != '\0') {
    out += '\\';
    out += letter;
  } else if (rune < ' ' || rune == 0x7f) {
    out += "\\x" + hexadecimal(rune, 2);
  } else if (rune < 0x1'0000) {
    out += "\\u" + hexadecimal(rune, 4);
  } else {
    out += "\\U" + hexadecimal(rune, 8);
  }
}

}  // namespace

Rune decode_rune(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (text.size() < length || !is_valid_utf8(text.substr(0, length))) return {kReplacementRune, 1};
  char32_t value = lead & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) value = value << 6U | (static_cast<unsigned char>(text[i]) & 0x3fU);
  return {value, length};
}

void append_rune(std::string& text, char32_t rune) {
  if (rune > kLastRune || (rune >= 0xd800 && rune <= 0xdfff)) rune = kReplacementRune;
  const auto tail = [&](unsigned shift) { text += static_cast<char>(0x80U | (rune >> shift & 0x3fU)); };
  if (rune < 0x80) {
    text += static_cast<char>(rune);
  } else if (rune < 0x800) {
    text += static_cast<char>(0xc0U | rune >> 6U);
    tail(0);
  } else if (rune < 0x1'0000) {
    text += static_cast<char>(0xe0U | rune >> 12U);
    tail(6);
    tail(0);
  } else {
    text += static_cast<char>(0xf0U | rune >> 18U);
    tail(12);
    tail(6);
    tail(0);
  }
}

std::size_t count_runes(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(decode_rune(text).bytes);
  return count;
}

bool is_printable(char32_t rune) {
  if (rune < 0x80) return rune >= ' ' && rune < 0x7f;
  const auto holds = [&](const Range& range) { return rune >= range.first && rune <= range.last; };
  if (std::any_of(kInvisible.begin(), kInvisible.end(), holds)) return false;
  return unicode_locale() == nullptr || iswprint_l(static_cast<wint_t>(rune), unicode_locale()) != 0;
}

bool is_letter(char32_t rune) {
  if (rune < 0x80) return (rune >= 'a' && rune <= 'z') || (rune >= 'A' && rune <= 'Z');
  return unicode_locale() == nullptr || iswalpha_l(static_cast<wint_t>(rune), unicode_locale()) != 0;
}

bool is_letter_or_digit(char32_t rune) { return (rune >= '0' && rune <= '9') || is_letter(rune); }

bool is_space(char32_t rune) {
  if (rune < 0x100) return (rune >= '\t' && rune <= '\r') || rune == ' ' || rune == 0x85 || rune == 0xa0;
  return rune == 0x1680 || (rune >= 0x2000 && rune <= 0x200a) || rune == 0x2028 || rune == 0x2029 || rune == 0x202f ||
         rune == 0x205f || rune == 0x3000;
}

char32_t to_upper(char32_t rune) {
  if (rune < 0x80) return rune >= 'a' && rune <= 'z' ? rune - 'a' + 'A' : rune;
  if (unicode_locale() == nullptr) return rune;
  return static_cast<char32_t>(towupper_l(static_cast<wint_t>(rune), unicode_locale()));
}

char32_t to_lower(char32_t rune) {
  if (rune < 0x80) return rune >= 'A' && rune <= 'Z' ? rune - 'A' + 'a' : rune;
  if (unicode_locale() == nullptr) return rune;
  return static_cast<char32_t>(towlower_l(static_cast<wint_t>(rune), unicode_locale()));
}

std::string quote(std::string_view text, bool ascii) {
  std::string out = "\"";
  while (!text.empty()) {
    const Rune rune = decode_rune(text);
    if (rune.bytes == 1 && rune.value == kReplacementRune) {
      out += "\\x" + hexadecimal(static_cast<unsigned char>(text.front()), 2);
    } else {
      append_quoted(out, rune.value, '"', ascii);
    }
    text.remove_prefix(rune.bytes);
  }
  return out + '"';
}

std::string quote_rune(char32_t rune, bool ascii) {
  std::string out = "'";
  append_quoted(out, rune > kLastRune || (rune >= 0xd800 && rune <= 0xdfff) ? kReplacementRune : rune, '\'', ascii);
  return out + '\'';
}

}  // namespace sonde::templates
