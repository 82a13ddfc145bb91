#include "templates/literal.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <limits>

#include "templates/rune.h"

namespace sonde::templates {
namespace {

int digit_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return 16;
}

/// Takes `count` digits off the text.
std::optional<char32_t> take_digits(std::string_view& text, std::size_t count, char32_t base) {
  if (text.size() < count) return std::nullopt;
  char32_t value = 0;
  for (const char digit : text.substr(0, count)) {
    const auto number = static_cast<char32_t>(digit_value(digit));
    if (number >= base) return std::nullopt;
    value = value * base + number;
  }
  text.remove_prefix(count);
  return value;
}

bool append_byte(std::string& out, std::optional<char32_t> byte) {
  if (!byte || *byte > 0xff) return false;
  out += static_cast<char>(static_cast<unsigned char>(*byte));
  return true;
}

bool append_code_point(std::string& out, std::optional<char32_t> rune) {
  if (!rune || *rune > kLastRune || (*rune >= 0xd800 && *rune <= 0xdfff)) return false;
  append_rune(out, *rune);
  return true;
}

/// Takes an escape off the text, from behind its backslash, and writes what it stands for.
bool take_escape(std::string& out, std::string_view& text, char mark) {
  constexpr std::string_view kLetters = "abfnrtv\\";
  constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\";
  if (text.empty()) return false;
  const char letter = text.front();
  if (letter >= '0' && letter <= '7') return append_byte(out, take_digits(text, 3, 8));
  text.remove_prefix(1);
  if (letter == 'x') return append_byte(out, take_digits(text, 2, 16));
  if (letter == 'u') return append_code_point(out, take_digits(text, 4, 16));
  if (letter == 'U') return append_code_point(out, take_digits(text, 8, 16));
  const std::size_t at = kLetters.find(letter);
  if (letter != mark && at == std::string_view::npos) return false;
  out += letter == mark ? mark : kMeanings[at];
  return true;
}

/// Digits with underscores where Go allows them: between digits, and behind the base's prefix.
std::optional<std::string> without_underscores(std::string_view text, bool prefixed) {
  std::string digits;
  char before = prefixed ? '0' : '_';
  for (const char letter : text) {
    const bool separates = letter == '_';
    if (separates && !std::isalnum(static_cast<unsigned char>(before))) return std::nullopt;
    if (before == '_' && !separates && !std::isalnum(static_cast<unsigned char>(letter)) && !digits.empty()) {
      return std::nullopt;
    }
    if (!separates) digits += letter;
    before = letter;
  }
  if (before == '_') return std::nullopt;
  return digits;
}

struct Base {
  int base = 10;
  std::size_t prefix = 0;
};

Base base_of(std::string_view text) {
  if (text.size() < 2 || text.front() != '0') return {};
  switch (text[1]) {
    case 'x':
    case 'X':
      return {16, 2};
    case 'o':
    case 'O':
      return {8, 2};
    case 'b':
    case 'B':
      return {2, 2};
    default:
      return {8, 1};
  }
}

bool same_word(std::string_view text, std::string_view word) {
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; };
  return std::equal(text.begin(), text.end(), word.begin(), word.end(), same);
}

FloatFault read_digits(std::string_view digits, std::chars_format format, double& value) {
  const char* const end = digits.data() + digits.size();
  const auto [stop, failed] = std::from_chars(digits.data(), end, value, format);
  if (stop != end || digits.empty() || failed == std::errc::invalid_argument) return FloatFault::kSyntax;
  if (failed != std::errc::result_out_of_range) return FloatFault::kNone;
  // Too small is 0 in Go; only too large is an error. The sign of the exponent tells.
  const std::size_t mark = digits.find_first_of(format == std::chars_format::hex ? "pP" : "eE");
  const bool small = mark == std::string_view::npos ? digits.front() == '0' || digits.front() == '.'
                                                    : digits.substr(mark + 1).starts_with('-');
  value = small ? 0 : std::numeric_limits<double>::infinity();
  return small ? FloatFault::kNone : FloatFault::kRange;
}

FloatFault read_unsigned(std::string_view text, double& value) {
  if (same_word(text, "inf") || same_word(text, "infinity")) {
    value = std::numeric_limits<double>::infinity();
    return FloatFault::kNone;
  }
  const bool hexadecimal = base_of(text).base == 16;
  if (text.empty() || text.front() == '-' || text.front() == '+') return FloatFault::kSyntax;
  if (!hexadecimal) {
    const bool digit = (text.front() >= '0' && text.front() <= '9') || text.front() == '.';
    const auto digits = digit ? without_underscores(text, false) : std::nullopt;
    return digits ? read_digits(*digits, std::chars_format::general, value) : FloatFault::kSyntax;
  }
  const auto digits = without_underscores(text.substr(2), true);
  // A hexadecimal float has its exponent in Go; C++ would do without.
  if (!digits || digits->find_first_of("pP") == std::string::npos || digits->front() == '-') return FloatFault::kSyntax;
  return read_digits(*digits, std::chars_format::hex, value);
}

std::optional<Value> read_integer(std::string_view text, bool negative, std::string* fault) {
  const Base base = base_of(text);
  const auto digits = without_underscores(text.substr(base.prefix), base.prefix != 0);
  if (!digits || digits->empty()) return std::nullopt;
  std::uint64_t value = 0;
  const char* const end = digits->data() + digits->size();
  const auto [stop, failed] = std::from_chars(digits->data(), end, value, base.base);
  if (stop != end || failed == std::errc::invalid_argument) return std::nullopt;
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (failed != std::errc{} || value > kMax + (negative ? 1 : 0)) {
    *fault = "the integer " + std::string(text) + " overflows 64 bits; write it with a point";
    return std::nullopt;
  }
  const std::uint64_t with_sign = negative ? ~value + 1 : value;
  return Value{static_cast<std::int64_t>(with_sign)};
}

}  // namespace

std::optional<std::string> unquote(std::string_view literal) {
  if (literal.size() < 2 || literal.front() != literal.back()) return std::nullopt;
  const char mark = literal.front();
  std::string_view rest = literal.substr(1, literal.size() - 2);
  std::string out;
  if (mark == '`') {
    // Go leaves carriage returns out of raw strings.
    std::copy_if(rest.begin(), rest.end(), std::back_inserter(out), [](char letter) { return letter != '\r'; });
    return out;
  }
  while (!rest.empty()) {
    const char letter = rest.front();
    rest.remove_prefix(1);
    if (letter == mark || letter == '\n') return std::nullopt;
    if (letter != '\\') {
      out += letter;
    } else if (!take_escape(out, rest, mark)) {
      return std::nullopt;
    }
  }
  return out;
}

std::optional<std::int64_t> unquote_rune(std::string_view literal) {
  const auto text = unquote(literal);
  if (!text || text->empty()) return std::nullopt;
  const Rune rune = decode_rune(*text);
  if (rune.bytes == text->size() && (rune.bytes > 1 || rune.value < 0x80)) return rune.value;
  const bool escaped = literal.size() > 3 && literal[1] == '\\' && text->size() == 1;  // '\xff' is the code, no byte
  if (!escaped) return std::nullopt;
  return static_cast<unsigned char>(text->front());
}

std::optional<Value> parse_number(std::string_view literal, std::string* fault) {
  *fault = "bad number syntax: " + quote(literal, false);
  const bool negative = literal.starts_with('-');
  const bool has_sign = negative || literal.starts_with('+');
  const std::string_view text = literal.substr(has_sign ? 1 : 0);
  if (auto integer = read_integer(text, negative, fault)) return integer;
  const bool hexadecimal = base_of(text).base == 16;
  if (text.find_first_of(hexadecimal ? ".pP" : ".eE") == std::string_view::npos) return std::nullopt;
  double value = 0;
  if (parse_float(text, value) != FloatFault::kNone) return std::nullopt;
  return Value{negative ? -value : value};
}

FloatFault parse_float(std::string_view text, double& value) {
  const bool negative = text.starts_with('-');
  if (same_word(text, "nan")) {
    value = std::numeric_limits<double>::quiet_NaN();
    return FloatFault::kNone;
  }
  const FloatFault fault = read_unsigned(text.substr(negative || text.starts_with('+') ? 1 : 0), value);
  if (negative) value = -value;
  return fault;
}

}  // namespace sonde::templates
