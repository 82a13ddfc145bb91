#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sonde::promql {

inline constexpr char32_t kReplacement = 0xfffd;       ///< what bytes that are not UTF-8 read as
inline constexpr char32_t kEndOfText = 0xffff'ffff;    ///< behind the last character
inline constexpr char32_t kLastCodePoint = 0x10'ffff;  ///< of Unicode

/// One character and how long it is; kReplacement of one byte where there is no UTF-8 (Go's utf8.DecodeRuneInString).
struct Rune {
  char32_t value = kEndOfText;
  std::size_t bytes = 0;
};

/// The first character; kEndOfText of no bytes if there is none.
Rune decode_rune(std::string_view text);

void append_rune(std::string& text, char32_t rune);

/// As Go's strconv.Quote: `"a\n\u200b"`. Characters that Unicode has not assigned count as printable.
std::string quote(std::string_view text);

/// As Go's %q of a rune: `'a'`.
std::string quote_rune(char32_t rune);

/// As Go's %#U of a rune: `U+0061 'a'`.
std::string name_rune(char32_t rune);

}  // namespace sonde::promql
