#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sonde::templates {

inline constexpr char32_t kReplacementRune = 0xfffd;  ///< what bytes that are not UTF-8 read as
inline constexpr char32_t kLastRune = 0x10'ffff;

/// One character and how long it is.
struct Rune {
  char32_t value = kReplacementRune;
  std::size_t bytes = 0;
};

/// The first character of a text that has one; kReplacementRune of one byte where there is no UTF-8.
Rune decode_rune(std::string_view text);

/// Writes it as UTF-8; what is no character as kReplacementRune.
void append_rune(std::string& text, char32_t rune);

/// How many characters, bytes that are not UTF-8 counting as one each.
std::size_t count_runes(std::string_view text);

/// Whether Go prints it as it is in a quoted string.
bool is_printable(char32_t rune);

/// Letters and digits of any script.
bool is_letter(char32_t rune);
bool is_letter_or_digit(char32_t rune);
bool is_space(char32_t rune);

char32_t to_upper(char32_t rune);
char32_t to_lower(char32_t rune);

/// As Go's %q, of a text and of one character; `ascii` as its %+q.
std::string quote(std::string_view text, bool ascii);
std::string quote_rune(char32_t rune, bool ascii);

}  // namespace sonde::templates
