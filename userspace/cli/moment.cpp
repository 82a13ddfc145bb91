#include "cli/moment.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <optional>

#include "base/quantity.h"

namespace sonde::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

/// Reads a text from its start, one part after the other.
class Cursor {
 public:
  explicit Cursor(std::string_view rest) : rest_(rest) {}

  bool take_any(std::string_view letters) {
    if (rest_.empty() || letters.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// A number of exactly so many digits, from `least` to `most`.
  bool take_number(std::size_t digits, int least, int most, int& value) {
    if (rest_.size() < digits || !is_digit(rest_.front())) return false;
    const auto [end, failed] = std::from_chars(rest_.data(), rest_.data() + digits, value);
    const bool whole = failed == std::errc{} && end == rest_.data() + digits;
    rest_.remove_prefix(digits);
    return whole && value >= least && value <= most;
  }

  /// What follows a decimal point; digits beyond the nanosecond count for nothing.
  bool take_fraction(nanoseconds& fraction) {
    nanoseconds unit = seconds{1};
    std::size_t count = 0;
    for (; count < rest_.size() && is_digit(rest_[count]); ++count) {
      unit /= 10;
      fraction += unit * (rest_[count] - '0');
    }
    rest_.remove_prefix(count);
    return count > 0;
  }

  [[nodiscard]] bool is_done() const { return rest_.empty(); }

 private:
  static bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

  std::string_view rest_;
};

/// RFC 3339, section 5.6; nothing where `text` is something else.  shape: years that WallTime can hold.
std::optional<WallTime> parse_rfc3339(std::string_view text) {
  constexpr int kFirstYear = 1970;
  constexpr int kLastYear = 2261;
  Cursor cursor(text);
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  const bool has_date = cursor.take_number(4, kFirstYear, kLastYear, year) && cursor.take_any("-") &&
                        cursor.take_number(2, 1, 12, month) && cursor.take_any("-") &&
                        cursor.take_number(2, 1, 31, day) && cursor.take_any("Tt ");
  const bool has_time = has_date && cursor.take_number(2, 0, 23, hour) && cursor.take_any(":") &&
                        cursor.take_number(2, 0, 59, minute) && cursor.take_any(":") &&
                        cursor.take_number(2, 0, 60, second);
  if (!has_time) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  nanoseconds fraction{0};
  if (!date.ok() || (cursor.take_any(".") && !cursor.take_fraction(fraction))) return std::nullopt;
  std::chrono::minutes offset{0};
  if (!cursor.take_any("Zz")) {
    const bool is_east = cursor.take_any("+");
    int offset_hours = 0, offset_minutes = 0;
    const bool has_offset = (is_east || cursor.take_any("-")) && cursor.take_number(2, 0, 23, offset_hours) &&
                            cursor.take_any(":") && cursor.take_number(2, 0, 59, offset_minutes);
    if (!has_offset) return std::nullopt;
    offset = (std::chrono::hours{offset_hours} + std::chrono::minutes{offset_minutes}) * (is_east ? 1 : -1);
  }
  if (!cursor.is_done()) return std::nullopt;
  return WallTime{std::chrono::sys_days{date}.time_since_epoch() + std::chrono::hours{hour} +
                  std::chrono::minutes{minute} + seconds{second} + fraction - offset};
}

std::optional<WallTime> parse_unix_seconds(std::string_view text) {
  constexpr double kLatest = 9.2e9;  // the year 2261
  double value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  const bool whole = failed == std::errc{} && end == text.data() + text.size();
  if (!whole || !(value >= 0 && value <= kLatest)) return std::nullopt;
  return WallTime{milliseconds{std::llround(value * 1e3)}};
}

std::string written(WallTime at, const char* form, bool is_local) {
  const std::time_t whole = std::chrono::floor<seconds>(at).time_since_epoch().count();
  std::tm parts{};
  std::array<char, 64> text{};
  if ((is_local ? ::localtime_r(&whole, &parts) : ::gmtime_r(&whole, &parts)) == nullptr) return "-";
  return std::string(text.data(), std::strftime(text.data(), text.size(), form, &parts));
}

/// `.250`
std::string milliseconds_text(WallTime at) {
  const milliseconds part = std::chrono::floor<milliseconds>(at - std::chrono::floor<seconds>(at));
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), ".%03d", static_cast<int>(part.count()));
  return text.data();
}

}  // namespace

Result<Moment> parse_moment(std::string_view text) {
  if (text == "now") return Moment{nanoseconds{0}};
  if (const std::optional<WallTime> at = parse_rfc3339(text)) return Moment{*at};
  if (const std::optional<WallTime> at = parse_unix_seconds(text)) return Moment{*at};
  const auto ago = parse_duration(text.starts_with('-') ? text.substr(1) : text);
  if (ago) return Moment{*ago};
  return Error{Code::kBadInput, "'" + std::string(text) +
                                    "' is no time; write it like 2026-03-01T14:03:07Z, 1772373787, now, or 15m for "
                                    "fifteen minutes ago"};
}

WallTime resolve(const Moment& moment, WallTime now) {
  if (const WallTime* at = std::get_if<WallTime>(&moment)) return *at;
  return now - *std::get_if<nanoseconds>(&moment);
}

std::string local_text(WallTime at) { return written(at, "%Y-%m-%d %H:%M:%S", true); }

std::string local_text_ms(WallTime at) { return local_text(at) + milliseconds_text(at); }

std::string utc_text(WallTime at) { return written(at, "%Y-%m-%dT%H:%M:%S", false) + milliseconds_text(at) + "Z"; }

std::string unix_text(WallTime at) {
  return std::to_string(std::chrono::floor<seconds>(at).time_since_epoch().count()) + milliseconds_text(at);
}

}  // namespace sonde::cli
