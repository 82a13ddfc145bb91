#include <cctype>

#include "promql/lexer.h"

namespace sonde::promql {
namespace {

constexpr std::string_view kDecimalDigits = "0123456789";
constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";

bool is_word_character(char c) { return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0; }

/// The value of a digit, or 16.
std::uint32_t digit_value(char32_t rune) {
  if (rune >= '0' && rune <= '9') return rune - '0';
  if (rune >= 'a' && rune <= 'f') return rune - 'a' + 10;
  if (rune >= 'A' && rune <= 'F') return rune - 'A' + 10;
  return 16;
}

}  // namespace

Expected<Token, Fault> Lexer::number_or_duration() {
  if (scan_number()) return emit(TokenKind::kNumber);
  if (scan_remaining_duration()) return emit(TokenKind::kDuration);
  return fault("bad number or duration syntax: " + quote(text_.substr(start_, position_ - start_)));
}

/// Finds the end of what looks like a number; whether it is one, parse_number() knows.
bool Lexer::scan_number() {
  std::string_view digits = kDecimalDigits;
  if (accept("0") && accept("xX")) {
    accept("_");
    digits = kHexDigits;
  }
  accept(".");
  accept(digits);
  return scan_number_tail(digits) && position_ > start_ && (is_at_end() || !is_word_character(peek()));
}

bool Lexer::scan_number_tail(std::string_view digits) {
  bool had_point = false;
  bool had_exponent = false;
  while (is(digits) || is("._eE")) {
    if ((had_point && accept(".")) || (had_exponent && accept("eE"))) return false;
    if (accept(".")) {
      had_point = true;
      if (accept("_.") || digits == kHexDigits) return false;
    } else if (accept("eE")) {
      had_exponent = true;
      accept("+-");
      if (accept("._eE") || is_at_end()) return false;
    } else if (accept("_")) {
      if (accept("._eE") || is_at_end()) return false;
    } else {
      accept_run(digits);
    }
  }
  return true;
}

/// Reads on behind the first number of a duration. Units that there are not (`hs`) are parse_duration_literal()'s to
/// refuse.
bool Lexer::scan_remaining_duration() {
  if (!accept("smhdwy")) return false;
  accept("s");
  while (accept(kDecimalDigits)) {
    accept_run(kDecimalDigits);
    if (!accept("smhdw")) return false;
    accept("s");
  }
  if (is_at_end() || !is_word_character(peek())) return true;
  ++position_;
  return false;
}

Expected<Token, Fault> Lexer::string(char32_t quote_character) {
  while (true) {
    const Rune read = rune();
    position_ += read.bytes;
    if (read.value == quote_character) return emit(TokenKind::kString);
    if (read.value == '\\') {
      SONDE_TRY(escape(quote_character));
    } else if (read.value == kReplacement) {
      return fault("invalid UTF-8 rune");
    } else if (read.value == kEndOfText || read.value == '\n') {
      return fault("unterminated quoted string");
    }
  }
}

Expected<Token, Fault> Lexer::raw_string() {
  while (true) {
    const Rune read = rune();
    position_ += read.bytes;
    if (read.value == '`') return emit(TokenKind::kString);
    if (read.value == kReplacement) return fault("invalid UTF-8 rune");
    if (read.value == kEndOfText) return fault("unterminated raw string");
  }
}

Expected<Ok, Fault> Lexer::escape(char32_t quote_character) {
  const char32_t letter = rune().value;
  if (letter == quote_character) {
    ++position_;
    return Ok{};
  }
  if (letter >= '0' && letter <= '7') return escape_digits(3, 8, 255);
  position_ += rune().bytes;
  switch (letter) {
    case 'a':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
    case 'v':
    case '\\':
      return Ok{};
    case 'x':
      return escape_digits(2, 16, 255);
    case 'u':
      return escape_digits(4, 16, kLastCodePoint);
    case 'U':
      return escape_digits(8, 16, kLastCodePoint);
    case kEndOfText:
      return fault("escape sequence not terminated");
    default:
      return fault("unknown escape sequence " + name_rune(letter));
  }
}

Expected<Ok, Fault> Lexer::escape_digits(int count, std::uint32_t base, std::uint32_t max) {
  std::uint32_t value = 0;
  for (int i = 0; i < count; ++i) {
    const char32_t digit = take_rune();
    if (digit == kEndOfText) return fault("escape sequence not terminated");
    if (digit_value(digit) >= base) return fault("illegal character " + name_rune(digit) + " in escape sequence");
    value = value * base + digit_value(digit);
  }
  if (value > max || (value >= 0xd800 && value < 0xe000)) {
    return fault("escape sequence is an invalid Unicode code point");
  }
  return Ok{};
}

}  // namespace sonde::promql
