#include "base/quantity.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace sonde {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t ns;
};

constexpr std::int64_t kSecondNs = 1'000'000'000;
constexpr std::array kUnits{
    Unit{"y", 365LL * 86400 * kSecondNs},
    Unit{"w", 7LL * 86400 * kSecondNs},
    Unit{"d", 86400 * kSecondNs},
    Unit{"h", 3600 * kSecondNs},
    Unit{"m", 60 * kSecondNs},
    Unit{"s", kSecondNs},
    Unit{"ms", 1'000'000},
    Unit{"us", 1'000},
};

Error bad_duration(std::string_view text) {
  return Error{Code::kBadInput, "'" + std::string(text) + "' is not a duration; write it like 30s, 5m, 1h30m or 250ms"};
}

/// The row of the unit that `text` starts with, by its whole alphabetic run; kUnits.size() if there is none.
std::size_t find_unit(std::string_view text, std::size_t& length) {
  length = 0;
  while (length < text.size() && text[length] >= 'a' && text[length] <= 'z') ++length;
  const std::string_view name = text.substr(0, length);
  for (std::size_t row = 0; row < kUnits.size(); ++row) {
    if (kUnits[row].name == name) return row;
  }
  return kUnits.size();
}

}  // namespace

Result<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  constexpr double kLongestNs = 200.0 * 365 * 86400 * 1e9;
  if (text == "0") return std::chrono::nanoseconds{0};
  std::string_view rest = text;
  std::size_t next_row = 0;
  double total_ns = 0;
  while (!rest.empty()) {
    double number = 0;
    const auto [end, failed] =
        std::from_chars(rest.data(), rest.data() + rest.size(), number, std::chars_format::fixed);
    if (failed != std::errc{} || !std::isfinite(number) || number < 0 || rest.front() == '-') return bad_duration(text);
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    std::size_t unit_length = 0;
    const std::size_t row = find_unit(rest, unit_length);
    if (row == kUnits.size() || row < next_row) return bad_duration(text);
    total_ns += number * static_cast<double>(kUnits[row].ns);
    next_row = row + 1;
    rest.remove_prefix(unit_length);
  }
  if (text.empty()) return bad_duration(text);
  if (total_ns > kLongestNs) return Error{Code::kBadInput, "'" + std::string(text) + "' is longer than 200 years"};
  return std::chrono::nanoseconds{std::llround(total_ns)};
}

std::string format_duration(std::chrono::nanoseconds value) {
  std::int64_t rest = value.count();
  if (rest == 0) return "0s";
  std::string text = rest < 0 ? "-" : "";
  if (rest < 0) rest = -rest;
  for (const Unit& unit : kUnits) {
    if (rest < unit.ns) continue;
    text += std::to_string(rest / unit.ns) + std::string(unit.name);
    rest %= unit.ns;
  }
  return text.empty() || text == "-" ? "0s" : text;
}

Result<double> parse_ratio(std::string_view text) {
  std::string number(text);
  // Shifting the digits, not the value, keeps 70% the number that 0.7 is.
  const bool is_percent = number.ends_with('%');
  if (is_percent) number.replace(number.size() - 1, 1, number.find_first_of("eE") == std::string::npos ? "e-2" : "%");
  double value = 0;
  const auto [end, failed] = std::from_chars(number.data(), number.data() + number.size(), value);
  const bool whole = failed == std::errc{} && end == number.data() + number.size();
  if (!whole || !std::isfinite(value) || value < 0 || value > 1) {
    return Error{Code::kBadInput, "'" + std::string(text) + "' is not a ratio; write it like 1% or 0.01, from 0 to 1"};
  }
  return value;
}

}  // namespace sonde
