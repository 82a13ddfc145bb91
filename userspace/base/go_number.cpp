#include "base/go_number.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <string_view>

namespace sonde {
namespace {

std::string place_point(std::string_view digits, int exponent) {
  if (exponent < 0) return "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + std::string(digits);
  const std::size_t whole = static_cast<std::size_t>(exponent) + 1;
  if (whole >= digits.size()) return std::string(digits) + std::string(whole - digits.size(), '0');
  return std::string(digits.substr(0, whole)) + "." + std::string(digits.substr(whole));
}

}  // namespace

std::string format_number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";

  // std::chars_format::fixed writes every digit of a large number's binary value (99999999999999991611392 for 1e23)
  // where Go writes the shortest digits and zeros, so the digits come from the form with an exponent.
  std::array<char, 32> buffer;
  const auto written =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::abs(value), std::chars_format::scientific);
  const std::string_view text(buffer.data(), static_cast<std::size_t>(written.ptr - buffer.data()));
  const std::size_t mark = text.find('e');
  const std::size_t first_of_exponent = mark + (text[mark + 1] == '+' ? 2 : 1);
  int exponent = 0;
  std::from_chars(text.data() + first_of_exponent, text.data() + text.size(), exponent);

  std::string digits(text.substr(0, 1));
  if (mark > 2) digits += text.substr(2, mark - 2);
  return (std::signbit(value) ? "-" : "") + place_point(digits, exponent);
}

}  // namespace sonde
