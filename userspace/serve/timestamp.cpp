#include "serve/timestamp.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <optional>

#include "base/utf8.h"

namespace sonde::serve {
namespace {

std::string seconds_text(WallTime at) {
  const std::time_t since_epoch = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
  std::tm parts{};
  gmtime_r(&since_epoch, &parts);
  std::array<char, 96> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d", parts.tm_year + 1900, parts.tm_mon + 1,
                parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
  return text.data();
}

std::string fraction_text(std::int64_t fraction, int digits) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), ".%0*d", digits, static_cast<int>(fraction));
  return text.data();
}

/// Takes its parts off the front of a text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : left_(text) {}

  /// Exactly so many digits, up to a greatest number.
  bool number(std::size_t digits, int most, int& into) {
    if (left_.size() < digits) return false;
    const auto [end, failed] = std::from_chars(left_.data(), left_.data() + digits, into);
    if (failed != std::errc{} || end != left_.data() + digits || into < 0 || into > most) return false;
    left_.remove_prefix(digits);
    return true;
  }

  /// One of these letters; 0 if it is another.
  char one_of(std::string_view letters) {
    if (left_.empty() || letters.find(left_.front()) == std::string_view::npos) return '\0';
    const char letter = left_.front();
    left_.remove_prefix(1);
    return letter;
  }

  /// Decimals of a second, those beyond nanoseconds without effect.  units: nanoseconds.
  bool fraction(int& into) {
    int scale = 100'000'000;
    std::size_t count = 0;
    for (; count < left_.size() && left_[count] >= '0' && left_[count] <= '9'; ++count) {
      into += (left_[count] - '0') * scale;
      scale /= 10;
    }
    left_.remove_prefix(count);
    return count > 0;
  }

  [[nodiscard]] bool at_end() const { return left_.empty(); }

 private:
  std::string_view left_;
};

std::optional<std::chrono::year_month_day> read_date(Scanner& scanner) {
  int year = 0;
  int month = 0;
  int day = 0;
  const bool is_read = scanner.number(4, 9999, year) && scanner.one_of("-") != '\0' && scanner.number(2, 12, month) &&
                       scanner.one_of("-") != '\0' && scanner.number(2, 31, day);
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!is_read || !date.ok()) return std::nullopt;
  return date;
}

/// How far a zone is ahead of UTC.
std::optional<std::chrono::seconds> read_zone(Scanner& scanner) {
  const char sign = scanner.one_of("Zz+-");
  if (sign == 'Z' || sign == 'z') return std::chrono::seconds{0};
  int hours = 0;
  int minutes = 0;
  if (sign == '\0' || !scanner.number(2, 23, hours) || scanner.one_of(":") == '\0' || !scanner.number(2, 59, minutes)) {
    return std::nullopt;
  }
  const std::chrono::seconds ahead = std::chrono::hours{hours} + std::chrono::minutes{minutes};
  return sign == '-' ? -ahead : ahead;
}

std::optional<WallTime> read_time(std::string_view text) {
  Scanner scanner(text);
  const auto date = read_date(scanner);
  int hour = 0;
  int minute = 0;
  int second = 0;
  int fraction_ns = 0;
  if (!date || scanner.one_of("Tt ") == '\0' || !scanner.number(2, 23, hour) || scanner.one_of(":") == '\0' ||
      !scanner.number(2, 59, minute) || scanner.one_of(":") == '\0' || !scanner.number(2, 60, second)) {
    return std::nullopt;
  }
  if (scanner.one_of(".,") != '\0' && !scanner.fraction(fraction_ns)) return std::nullopt;
  const auto ahead = read_zone(scanner);
  if (!ahead || !scanner.at_end()) return std::nullopt;
  const std::chrono::sys_seconds at = std::chrono::sys_days{*date} + std::chrono::hours{hour} +
                                      std::chrono::minutes{minute} + std::chrono::seconds{second} - *ahead;
  const auto earliest = std::chrono::floor<std::chrono::seconds>(kEarliestTime);
  const auto latest = std::chrono::floor<std::chrono::seconds>(kLatestTime);
  if (at <= earliest) return kEarliestTime;
  if (at >= latest) return kLatestTime;
  return WallTime{at} + std::chrono::nanoseconds{fraction_ns};
}

}  // namespace

std::string rfc3339(WallTime at) {
  const auto fraction = at - std::chrono::floor<std::chrono::seconds>(at);
  std::string text = seconds_text(at) + fraction_text(fraction.count(), 9);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text + 'Z';
}

std::string rfc3339_ms(WallTime at) {
  const auto fraction =
      std::chrono::floor<std::chrono::milliseconds>(at - std::chrono::floor<std::chrono::seconds>(at));
  return seconds_text(at) + fraction_text(fraction.count(), 3) + 'Z';
}

Result<WallTime> parse_rfc3339(std::string_view text) {
  constexpr std::size_t kShown = 64;
  if (const auto at = read_time(text)) return *at;
  return Error{Code::kBadInput, "'" + sanitise_utf8(text.substr(0, kShown)) +
                                    "' is no time: write it as RFC 3339 has it, such as 2026-03-01T14:03:07Z"};
}

}  // namespace sonde::serve
