#include "promql/literals.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>

#include "promql/rune.h"

namespace sonde::promql {
namespace {

constexpr std::uint64_t kMaxNanoseconds = std::numeric_limits<std::int64_t>::max();

struct Unit {
  std::string_view name;
  std::uint64_t milliseconds;
  bool exact_only;  ///< written only where nothing remains
};

constexpr std::array kUnits{
    Unit{"y", 365ULL * 24 * 3600 * 1000, true},
    Unit{"w", 7ULL * 24 * 3600 * 1000, true},
    Unit{"d", 24ULL * 3600 * 1000, false},
    Unit{"h", 3600ULL * 1000, false},
    Unit{"m", 60ULL * 1000, false},
    Unit{"s", 1000, false},
    Unit{"ms", 1, false},
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The lexer lets `_` stand between digits, behind a prefix and before an exponent's end; Go, only beside digits.
bool are_underscores_in_place(std::string_view text) {
  const bool prefixed = text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
  const auto is_digit_at = [text, prefixed](std::size_t at) {
    return at < text.size() &&
           (prefixed ? std::isxdigit(static_cast<unsigned char>(text[at])) != 0 : is_digit(text[at]));
  };
  for (std::size_t at = text.find('_'); at != std::string_view::npos; at = text.find('_', at + 1)) {
    const bool behind_prefix = prefixed && at == 2;
    if (at == 0 || !(behind_prefix || is_digit_at(at - 1)) || !is_digit_at(at + 1)) return false;
  }
  return true;
}

/// Go's ParseInt with base 0: the prefix says the base.
std::optional<std::int64_t> parse_whole(std::string_view digits) {
  int base = 10;
  if (digits.starts_with("0x") || digits.starts_with("0X")) {
    base = 16;
    digits.remove_prefix(2);
  } else if (digits.size() > 1 && digits[0] == '0') {
    base = 8;
    digits.remove_prefix(1);
  }
  std::int64_t value = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (read.ec != std::errc{} || read.ptr != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::string number_fault(std::string_view text, std::string_view why) {
  return "error parsing number: strconv.ParseFloat: parsing " + quote(text) + ": " + std::string(why);
}

std::string duration_fault(std::string_view text) { return "not a valid duration string: " + quote(text); }

std::uint64_t take_digits(std::string_view& text, bool& in_range) {
  std::uint64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  in_range = read.ec == std::errc{};
  text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
  return value;
}

std::string_view take_unit(std::string_view& text) {
  const auto end = std::ranges::find_if(text, is_digit);
  const std::string_view unit = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(unit.size());
  return unit;
}

/// Reads the digits of an escape and gives its value.
char32_t take_escape_digits(std::string_view& text, std::size_t count, int base) {
  std::uint32_t value = 0;
  std::from_chars(text.data(), text.data() + count, value, base);
  text.remove_prefix(count);
  return value;
}

void append_escape(std::string& value, std::string_view& text) {
  constexpr std::string_view kLetters = "abfnrtv";
  constexpr std::string_view kCharacters = "\a\b\f\n\r\t\v";
  const char letter = text[0];
  if (is_digit(letter)) {
    value += static_cast<char>(take_escape_digits(text, 3, 8));
    return;
  }
  text.remove_prefix(1);
  if (letter == 'x') {
    value += static_cast<char>(take_escape_digits(text, 2, 16));
  } else if (letter == 'u' || letter == 'U') {
    append_rune(value, take_escape_digits(text, letter == 'u' ? 4 : 8, 16));
  } else {
    const std::size_t at = kLetters.find(letter);
    value += at == std::string_view::npos ? letter : kCharacters[at];
  }
}

}  // namespace

Expected<double, std::string> parse_number(std::string_view text) {
  if (!are_underscores_in_place(text)) return number_fault(text, "invalid syntax");
  std::string digits(text);
  std::erase(digits, '_');
  if (const auto whole = parse_whole(digits)) return static_cast<double>(*whole);
  if (digits.starts_with("0x") || digits.starts_with("0X")) return number_fault(text, "invalid syntax");

  char* end = nullptr;
  const double value = std::strtod(digits.c_str(), &end);
  if (end != digits.c_str() + digits.size()) return number_fault(text, "invalid syntax");
  const bool has_digits = digits.find_first_of("0123456789") != std::string::npos;
  if (std::isinf(value) && has_digits) return number_fault(text, "value out of range");
  return value;
}

Expected<std::int64_t, std::string> parse_duration_literal(std::string_view text) {
  std::uint64_t sum = 0;
  auto next_unit = kUnits.begin();
  for (std::string_view rest = text; !rest.empty();) {
    bool in_range = false;
    const std::uint64_t count = take_digits(rest, in_range);
    const std::string_view name = take_unit(rest);
    if (!in_range || name.empty()) return duration_fault(text);
    const auto unit = std::ranges::find(kUnits, name, &Unit::name);
    if (unit == kUnits.end()) return "unknown unit " + quote(name) + " in duration " + quote(text);
    if (unit < next_unit) return duration_fault(text);
    next_unit = unit + 1;
    const std::uint64_t nanoseconds = unit->milliseconds * 1'000'000;
    if (count > kMaxNanoseconds / nanoseconds) return std::string("duration out of range");
    sum += count * nanoseconds;
    if (sum > kMaxNanoseconds) return std::string("duration out of range");
  }
  return static_cast<std::int64_t>(sum);
}

std::string duration_text(std::int64_t milliseconds) {
  if (milliseconds == 0) return "0s";
  std::string text;
  auto rest = static_cast<std::uint64_t>(milliseconds);
  for (const Unit& unit : kUnits) {
    const std::uint64_t count = rest / unit.milliseconds;
    if (count == 0 || (unit.exact_only && rest % unit.milliseconds != 0)) continue;
    text += std::to_string(count) + std::string(unit.name);
    rest -= count * unit.milliseconds;
  }
  return text;
}

std::string unquote(std::string_view text) {
  const bool raw = text[0] == '`';
  text = text.substr(1, text.size() - 2);
  if (raw) return std::string(text);
  std::string value;
  while (!text.empty()) {
    const char first = text[0];
    text.remove_prefix(1);
    if (first == '\\') {
      append_escape(value, text);
    } else {
      value += first;
    }
  }
  return value;
}

}  // namespace sonde::promql
