#include "serve/json_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>

#include "base/go_number.h"
#include "base/utf8.h"

namespace sonde::serve {
namespace {

constexpr std::size_t kMaxNumberBytes = 64;

bool is_plain(char byte) {
  return static_cast<unsigned char>(byte) >= 0x20 && byte != '"' && byte != '\\' && static_cast<signed char>(byte) > 0;
}

void append_escape(std::string& out, char byte) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  switch (byte) {
    case '"':
    case '\\':
      out += '\\';
      out += byte;
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
  }
  const auto code = static_cast<unsigned char>(byte);
  out += "\\u00";
  out += kDigits[code >> 4U];
  out += kDigits[code & 0xFU];
}

void append_escaped(std::string& out, std::string_view text) {
  for (const char byte : text) {
    if (is_plain(byte) || static_cast<unsigned char>(byte) >= 0x80) {
      out += byte;
    } else {
      append_escape(out, byte);
    }
  }
}

template <class... Form>
void append_number(std::string& out, Form... form) {
  std::array<char, kMaxNumberBytes> digits;
  const char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), form...).ptr;
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

/// shape: `value` is finite.
void append_finite(std::string& out, double value) {
  constexpr double kExactIntegers = 9007199254740992;  // 2^53
  const double size = std::abs(value);
  if (size < kExactIntegers && std::trunc(value) == value && !(value == 0 && std::signbit(value))) {
    return append_number(out, static_cast<std::int64_t>(value));
  }
  if (size != 0 && (size < 1e-6 || size >= 1e21)) return append_number(out, value, std::chars_format::scientific);
  if (size < kExactIntegers) return append_number(out, value, std::chars_format::fixed);
  // std::to_chars would write all digits of these, also those that reading back does not need.
  out += format_number(value);
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  if (std::all_of(text.begin(), text.end(), is_plain)) {
    out += text;
  } else if (is_valid_utf8(text)) {
    append_escaped(out, text);
  } else {
    append_escaped(out, sanitise_utf8(text));
  }
  out += '"';
}

void append_json_time(std::string& out, std::int64_t at_ms) {
  // Unsigned: the smallest number has no positive counterpart.
  const auto size_ms = at_ms < 0 ? -static_cast<std::uint64_t>(at_ms) : static_cast<std::uint64_t>(at_ms);
  if (at_ms < 0) out += '-';
  append_number(out, size_ms / 1000);
  const auto fraction = static_cast<unsigned>(size_ms % 1000);
  if (fraction == 0) return;
  const char digits[] = {'.', static_cast<char>('0' + fraction / 100), static_cast<char>('0' + fraction / 10 % 10),
                         static_cast<char>('0' + fraction % 10)};
  out.append(digits, sizeof digits);
}

void append_json_value(std::string& out, double value) {
  out += '"';
  if (std::isfinite(value)) {
    append_finite(out, value);
  } else {
    out += format_number(value);
  }
  out += '"';
}

}  // namespace sonde::serve
