#include "templates/scalar_format.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdio>

#include "base/go_number.h"
#include "templates/rune.h"
#include "templates/types.h"

namespace sonde::templates {
namespace {

constexpr std::size_t kMostDigits = 1100;  // more than a double has

std::string digits_of(std::uint64_t value, int base) {
  std::array<char, 64> buffer;
  const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, base);
  return {buffer.data(), written.ptr};
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char letter) {
    return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
  });
  return text;
}

struct Radix {
  int base = 10;
  std::string_view prefix;  ///< with the flag #, or always for %O
};

std::optional<Radix> radix_of(char32_t verb, bool sharp) {
  switch (verb) {
    case U'v':
    case U'd':
      return Radix{};
    case U'b':
      return Radix{2, sharp ? "0b" : ""};
    case U'o':
      return Radix{8, sharp ? "0" : ""};
    case U'O':
      return Radix{8, "0o"};
    case U'x':
      return Radix{16, sharp ? "0x" : ""};
    case U'X':
      return Radix{16, sharp ? "0X" : ""};
    default:
      return std::nullopt;
  }
}

std::string_view sign_of(bool negative, const Directive& directive) {
  return negative ? "-" : directive.plus ? "+" : directive.space ? " " : "";
}

void format_in_radix(BoundedText& out, std::int64_t value, const Directive& directive, const Radix& radix) {
  const bool negative = value < 0;
  const std::uint64_t magnitude = negative ? ~static_cast<std::uint64_t>(value) + 1 : static_cast<std::uint64_t>(value);
  const std::string_view sign = sign_of(negative, directive);
  std::size_t least_digits = directive.precision.value_or(0);
  Directive spaces = directive;
  spaces.zero = false;
  if (directive.precision == std::size_t{0} && value == 0) return pad(out, "", spaces);
  if (!directive.precision && directive.zero && directive.width)
    least_digits = *directive.width - std::min(*directive.width, sign.size());
  least_digits = std::min(least_digits, kTemplateLimits.output_bytes + 1);
  std::string digits = digits_of(magnitude, radix.base);
  if (directive.verb == U'X') digits = upper(std::move(digits));
  if (digits.size() < least_digits) digits.insert(0, least_digits - digits.size(), '0');
  const bool octal_zero = radix.prefix == "0" && digits.front() == '0';
  pad(out, std::string(sign) + std::string(octal_zero ? "" : radix.prefix) + digits, spaces);
}

void format_unicode(BoundedText& out, std::int64_t value, const Directive& directive) {
  std::string digits = upper(digits_of(static_cast<std::uint64_t>(value), 16));
  const std::size_t least = std::clamp<std::size_t>(directive.precision.value_or(4), 4, kTemplateLimits.output_bytes);
  if (digits.size() < least) digits.insert(0, least - digits.size(), '0');
  std::string text = "U+" + digits;
  const bool known = value >= 0 && value <= static_cast<std::int64_t>(kLastRune);
  if (directive.sharp && known && is_printable(static_cast<char32_t>(value))) {
    text += " '";
    append_rune(text, static_cast<char32_t>(value));
    text += '\'';
  }
  Directive spaces = directive;
  spaces.zero = false;
  pad(out, text, spaces);
}

char32_t rune_of(std::int64_t value) {
  const bool known = value >= 0 && value <= static_cast<std::int64_t>(kLastRune);
  return known ? static_cast<char32_t>(value) : kReplacementRune;
}

/// Through the C library, whose digits and exponents are those of Go where the precision is given.
std::string printed(double value, const std::string& conversion, std::size_t precision) {
  std::array<char, 2 * kMostDigits> buffer;
  const std::string format = "%" + conversion;
  const int bytes = std::snprintf(buffer.data(), buffer.size(), format.c_str(),
                                  static_cast<int>(std::min(precision, kMostDigits)), value);
  return {buffer.data(), static_cast<std::size_t>(std::clamp<int>(bytes, 0, buffer.size() - 1))};
}

/// `1.5e+06`: the shortest digits and an exponent of two digits.
std::string shortest_scientific(double value) {
  std::array<char, 64> buffer;
  const auto written =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific);
  return {buffer.data(), written.ptr};
}

std::string shortest_hexadecimal(double value) {
  std::array<char, 64> buffer;
  const auto written =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::abs(value), std::chars_format::hex);
  std::string text(buffer.data(), written.ptr);
  const std::size_t exponent = text.find('p') + 2;
  if (text.size() - exponent < 2) text.insert(exponent, 1, '0');
  return (std::signbit(value) ? "-0x" : "0x") + text;
}

/// How many digits the shortest form has.
std::size_t count_digits(double value) {
  const std::string text = shortest_scientific(value);
  const std::string_view mantissa = std::string_view(text).substr(0, text.find('e'));
  return static_cast<std::size_t>(
      std::count_if(mantissa.begin(), mantissa.end(), [](char letter) { return letter >= '0' && letter <= '9'; }));
}

std::string general(double value, const Directive& directive) {
  const bool keeps_zeros = directive.sharp && directive.verb != U'v';
  if (keeps_zeros)
    return printed(value, "#.*g", directive.precision.value_or(std::max<std::size_t>(6, count_digits(value))));
  return directive.precision ? printed(value, ".*g", *directive.precision) : shortest_float(value);
}

/// The number with a `-` or without a sign; nothing if the verb is none of a float's.
std::optional<std::string> float_digits(double value, const Directive& directive) {
  const std::size_t precision = directive.precision.value_or(6);
  const std::string flag = directive.sharp ? "#.*" : ".*";
  switch (directive.verb) {
    case U'v':
    case U'g':
      return general(value, directive);
    case U'G':
      return upper(general(value, directive));
    case U'e':
      return printed(value, flag + "e", precision);
    case U'E':
      return printed(value, flag + "E", precision);
    case U'f':
    case U'F':
      return printed(value, flag + "f", precision);
    case U'x':
      return shortest_hexadecimal(value);
    case U'X':
      return upper(shortest_hexadecimal(value));
    default:
      return std::nullopt;
  }
}

std::string_view first_runes(std::string_view text, std::size_t count) {
  std::size_t end = 0;
  for (; count > 0 && end < text.size(); --count) end += decode_rune(text.substr(end)).bytes;
  return text.substr(0, end);
}

std::string hexadecimal_bytes(std::string_view text, const Directive& directive) {
  const std::string_view kDigits = directive.verb == U'X' ? "0123456789ABCDEF" : "0123456789abcdef";
  const std::string prefix = directive.sharp ? (directive.verb == U'X' ? "0X" : "0x") : "";
  std::string out;
  for (const char letter : text.substr(0, directive.precision.value_or(text.size()))) {
    const auto byte = static_cast<unsigned char>(letter);
    if (directive.space && !out.empty()) out += ' ';
    if (out.empty() || directive.space) out += prefix;
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 0xfU];
  }
  return out;
}

bool fits_backquotes(std::string_view text) {
  while (!text.empty()) {
    const Rune rune = decode_rune(text);
    const bool bad = rune.value == kReplacementRune || rune.value == U'`' || rune.value == 0x7f ||
                     rune.value == 0xfeff || (rune.value < ' ' && rune.value != U'\t');
    if (bad) return false;
    text.remove_prefix(rune.bytes);
  }
  return true;
}

}  // namespace

void pad(BoundedText& out, std::string_view text, const Directive& directive) {
  const std::size_t width = directive.width.value_or(0);
  const std::size_t runes = width == 0 ? 0 : count_runes(text);
  const std::size_t missing = width > runes ? width - runes : 0;
  if (!directive.minus) out.append(missing, directive.zero ? '0' : ' ');
  out.append(text);
  if (directive.minus) out.append(missing, ' ');
}

std::string shortest_float(double value) {
  if (!std::isfinite(value)) return format_number(value);
  const std::string scientific = shortest_scientific(value);
  const std::size_t mark = scientific.find('e');
  int exponent = 0;
  const std::size_t first = mark + (scientific[mark + 1] == '+' ? 2 : 1);
  std::from_chars(scientific.data() + first, scientific.data() + scientific.size(), exponent);
  return exponent < -4 || exponent >= 6 ? scientific : format_number(value);
}

std::string four_digits(double value) { return std::isfinite(value) ? printed(value, ".*g", 4) : format_number(value); }

bool format_bool(BoundedText& out, bool value, const Directive& directive) {
  if (directive.verb != U'v' && directive.verb != U't') return false;
  pad(out, value ? "true" : "false", directive);
  return true;
}

bool format_integer(BoundedText& out, std::int64_t value, const Directive& directive) {
  if (directive.verb == U'c') {
    std::string text;
    append_rune(text, rune_of(value));
    pad(out, text, directive);
    return true;
  }
  if (directive.verb == U'q') {
    pad(out, quote_rune(rune_of(value), directive.plus), directive);
    return true;
  }
  if (directive.verb == U'U') {
    format_unicode(out, value, directive);
    return true;
  }
  const auto radix = radix_of(directive.verb, directive.sharp && directive.verb != U'v');
  if (!radix) return false;
  format_in_radix(out, value, directive, *radix);
  return true;
}

bool format_float(BoundedText& out, double value, const Directive& directive) {
  const auto digits = float_digits(value, directive);
  if (!digits) return false;
  const bool finite = std::isfinite(value);
  std::string text = finite ? *digits : format_number(value);
  const bool is_signed = text.front() == '-' || text.front() == '+';
  const bool plain_nan = std::isnan(value) && !directive.plus && !directive.space;
  if (!is_signed && !plain_nan && (directive.plus || directive.space)) text.insert(0, directive.plus ? "+" : " ");
  if (text.front() == '+' && directive.space && !directive.plus) text.front() = ' ';
  Directive spaces = directive;
  const bool zeros = directive.zero && finite && directive.width && text.size() < *directive.width;
  if (zeros && *directive.width <= kTemplateLimits.output_bytes) {
    const bool sign = text.front() == '-' || text.front() == '+' || text.front() == ' ';
    text.insert(sign ? 1 : 0, *directive.width - text.size(), '0');
  }
  spaces.zero = false;
  pad(out, text, spaces);
  return true;
}

bool format_text(BoundedText& out, std::string_view value, const Directive& directive) {
  switch (directive.verb) {
    case U'v':
      if (directive.sharp) {
        pad(out, quote(value, false), directive);
        return true;
      }
      [[fallthrough]];
    case U's':
      pad(out, directive.precision ? first_runes(value, *directive.precision) : value, directive);
      return true;
    case U'q': {
      const std::string_view shown = directive.precision ? first_runes(value, *directive.precision) : value;
      const bool raw = directive.sharp && fits_backquotes(shown);
      pad(out, raw ? "`" + std::string(shown) + "`" : quote(shown, directive.plus), directive);
      return true;
    }
    case U'x':
    case U'X':
      pad(out, hexadecimal_bytes(value, directive), directive);
      return true;
    default:
      return false;
  }
}

}  // namespace sonde::templates
