#include "cli/human.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>

namespace sonde::cli {
namespace {

std::string fixed(double value, int decimals) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  return text.data();
}

/// The limits lie where rounding would add a digit.  units: 0 <= value < 999.5.
std::string three_digits(double value) { return fixed(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0); }

std::string two_parts(std::int64_t big, char big_unit, std::int64_t small, char small_unit) {
  return std::to_string(big) + big_unit + (small < 10 ? "0" : "") + std::to_string(small) + small_unit;
}

constexpr bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

/// Where the code point number `index` starts.
std::size_t offset_of(std::string_view text, std::size_t index) {
  std::size_t offset = 0;
  for (; offset < text.size(); ++offset) {
    if (is_continuation(text[offset])) continue;
    if (index-- == 0) break;
  }
  return offset;
}

constexpr std::string_view kEllipsis = "\xE2\x80\xA6";

}  // namespace

std::string human_duration(double seconds) {
  constexpr double kLongest = 1e9;
  if (!(seconds > 0)) return "0s";
  if (seconds < 1e-6) return "<1us";
  if (seconds * 1e6 < 999.5) return three_digits(seconds * 1e6) + "us";
  if (seconds * 1e3 < 999.5) return three_digits(seconds * 1e3) + "ms";
  if (seconds < 59.95) return three_digits(seconds) + "s";
  const auto whole = static_cast<std::int64_t>(std::llround(std::min(seconds, kLongest)));
  if (whole < 3600) return two_parts(whole / 60, 'm', whole % 60, 's');
  return two_parts(whole / 3600, 'h', whole % 3600 / 60, 'm');
}

std::string human_rate(double per_second) {
  if (!(per_second > 0)) return "0";
  if (per_second < 0.01) return "<0.01";
  if (per_second < 999.5) return three_digits(per_second);
  if (per_second < 999.5e3) return three_digits(per_second / 1e3) + "k";
  if (per_second < 999.5e6) return three_digits(per_second / 1e6) + "M";
  return fixed(per_second / 1e9, 2) + "G";
}

std::string human_ratio(double ratio) {
  if (!(ratio > 0)) return "0%";
  if (ratio >= 1) return "100%";
  if (ratio < 0.001) return "<0.1%";
  return fixed(std::min(ratio * 100, 99.9), 1) + "%";
}

std::size_t display_width(std::string_view text) {
  return text.size() - static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_continuation));
}

std::string cut_middle(std::string_view text, std::size_t width) {
  const std::size_t whole = display_width(text);
  if (whole <= width) return std::string(text);
  if (width == 0) return "";
  const std::size_t tail = (width - 1) / 2;
  const std::size_t head = width - 1 - tail;
  return std::string(text.substr(0, offset_of(text, head))) + std::string(kEllipsis) +
         std::string(text.substr(offset_of(text, whole - tail)));
}

std::string cut_end(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  if (width == 0) return "";
  return std::string(text.substr(0, offset_of(text, width - 1))) + std::string(kEllipsis);
}

}  // namespace sonde::cli
