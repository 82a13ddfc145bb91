#include "app/prometheus_parameters.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <optional>
#include <system_error>
#include <utility>

#include "promql/literals.h"
#include "promql/matcher_pattern.h"
#include "promql/parser.h"
#include "promql/rune.h"

namespace sonde::app {
namespace {

constexpr std::string_view kMinTimeText = "-292273086-05-16T16:47:06Z";
constexpr std::string_view kMaxTimeText = "292277025-08-18T07:12:54.999999999Z";

Error no_timestamp(std::string_view text) {
  return Error{Code::kBadInput, "cannot parse " + promql::quote(text) + " to a valid timestamp"};
}

Error no_duration(std::string_view text) {
  return Error{Code::kBadInput, "cannot parse " + promql::quote(text) + " to a valid duration"};
}

template <class Number, class... Form>
std::optional<Number> read_whole(std::string_view digits, Form... form) {
  Number number{};
  const auto [stopped, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), number, form...);
  if (failed != std::errc{} || stopped != digits.data() + digits.size()) return std::nullopt;
  return number;
}

bool has_hex_prefix(std::string_view text) { return text.substr(0, 2) == "0x" || text.substr(0, 2) == "0X"; }

/// What strconv.ParseFloat of Go reads, save what has no place as a time: not a number, and digits with underscores.
std::optional<double> read_float(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (negative || text.front() == '+')) text.remove_prefix(1);
  if (text.empty() || text.front() == '-') return std::nullopt;
  // Go wants hexadecimal digits to have an exponent.
  if (has_hex_prefix(text) && text.find_first_of("pP") == std::string_view::npos) return std::nullopt;
  const auto size = has_hex_prefix(text) ? read_whole<double>(text.substr(2), std::chars_format::hex)
                                         : read_whole<double>(text, std::chars_format::general);
  if (!size || std::isnan(*size)) return std::nullopt;
  return negative ? -*size : *size;
}

/// Rounds as Prometheus does, by way of nanoseconds.
std::int64_t milliseconds_of(double seconds) {
  if (seconds <= static_cast<double>(kMinTimeMs / 1000)) return kMinTimeMs;
  if (seconds >= static_cast<double>(kMaxTimeMs / 1000)) return kMaxTimeMs;
  double whole = 0;
  const double fraction = std::round(std::modf(seconds, &whole) * 1000) / 1000;
  const std::chrono::nanoseconds fraction_ns(static_cast<std::int64_t>(fraction * 1e9));
  return static_cast<std::int64_t>(whole) * 1000 + std::chrono::floor<std::chrono::milliseconds>(fraction_ns).count();
}

/// Takes a number of exactly so many digits from the front of a text, and what has to follow it.
std::optional<int> take_digits(std::string_view& text, std::size_t count, std::string_view follows) {
  const std::string_view digits = text.substr(0, count);
  const bool fits = digits.size() == count &&
                    std::all_of(digits.begin(), digits.end(), [](char digit) { return digit >= '0' && digit <= '9'; });
  if (!fits || text.substr(count, follows.size()) != follows) return std::nullopt;
  text.remove_prefix(count + follows.size());
  return read_whole<int>(digits);
}

/// `.123` with as many digits as one likes; nothing is 0.
std::optional<std::chrono::milliseconds> take_fraction(std::string_view& text) {
  if (text.empty() || (text.front() != '.' && text.front() != ',')) return std::chrono::milliseconds{0};
  text.remove_prefix(1);
  const std::size_t count = std::min(text.find_first_not_of("0123456789"), text.size());
  if (count == 0) return std::nullopt;
  std::string digits(text.substr(0, std::min<std::size_t>(count, 3)));
  digits.resize(3, '0');
  text.remove_prefix(count);
  return std::chrono::milliseconds(*read_whole<int>(digits));
}

/// `Z` or `+05:30`, to the end.
std::optional<std::chrono::minutes> read_zone(std::string_view text) {
  if (text == "Z") return std::chrono::minutes{0};
  if (text.empty() || (text.front() != '+' && text.front() != '-')) return std::nullopt;
  const bool west = text.front() == '-';
  text.remove_prefix(1);
  const auto hours = take_digits(text, 2, ":");
  const auto minutes = take_digits(text, 2, "");
  if (!hours || !minutes || !text.empty() || *hours > 24 || *minutes > 59) return std::nullopt;
  const std::chrono::minutes east = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  return west ? -east : east;
}

std::optional<std::chrono::sys_days> take_date(std::string_view& text) {
  const auto year = take_digits(text, 4, "-");
  const auto month = take_digits(text, 2, "-");
  const auto day = take_digits(text, 2, "T");
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  return date.ok() ? std::optional(std::chrono::sys_days(date)) : std::nullopt;
}

std::optional<std::int64_t> read_rfc3339(std::string_view text) {
  const auto date = take_date(text);
  const auto hour = take_digits(text, 2, ":");
  const auto minute = take_digits(text, 2, ":");
  const auto second = take_digits(text, 2, "");
  const auto fraction = take_fraction(text);
  const auto zone = read_zone(text);
  if (!date || !hour || !minute || !second || !fraction || !zone) return std::nullopt;
  if (*hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  const std::chrono::milliseconds of_day =
      std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(*second) + *fraction - *zone;
  return std::chrono::milliseconds(date->time_since_epoch()).count() + of_day.count();
}

int hex_digit(char byte) {
  if (byte >= '0' && byte <= '9') return byte - '0';
  if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
  if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10;
  return -1;
}

/// The code point of `_1f4a9_`, of which `text` begins behind the first underscore; takes it from the text.
std::optional<char32_t> take_code_point(std::string_view& text) {
  constexpr std::size_t kMostDigits = 6;
  char32_t rune = 0;
  for (std::size_t count = 0; count < text.size(); ++count) {
    if (count >= kMostDigits) return std::nullopt;
    if (text[count] == '_') {
      text.remove_prefix(count + 1);
      const bool is_surrogate = rune >= 0xd800 && rune <= 0xdfff;
      return rune <= promql::kLastCodePoint && !is_surrogate ? std::optional(rune) : std::nullopt;
    }
    const int digit = hex_digit(text[count]);
    if (digit < 0) return std::nullopt;
    rune = rune * 16 + static_cast<char32_t>(digit);
  }
  return std::nullopt;
}

}  // namespace

ApiError invalid_parameter(std::string_view name, const std::string& what) {
  return ApiError{serve::ApiErrorType::kBadData, "invalid parameter " + promql::quote(name) + ": " + what};
}

Result<std::int64_t> read_time(std::string_view text) {
  if (const auto seconds = read_float(text)) return milliseconds_of(*seconds);
  if (const auto at_ms = read_rfc3339(text)) return *at_ms;
  if (text == kMinTimeText) return kMinTimeMs;
  if (text == kMaxTimeText) return kMaxTimeMs;
  return no_timestamp(text);
}

Result<std::chrono::nanoseconds> read_duration(std::string_view text) {
  constexpr double kMostNs = 9223372036854775808.0;  // 2^63
  if (const auto seconds = read_float(text)) {
    const double ns = *seconds * 1e9;
    if (ns >= kMostNs || ns < -kMostNs) {
      return Error{Code::kBadInput, no_duration(text).what + ". It overflows int64"};
    }
    return std::chrono::nanoseconds(static_cast<std::int64_t>(ns));
  }
  const auto literal = promql::parse_duration_literal(text);
  if (text.empty() || !literal) return no_duration(text);
  return std::chrono::nanoseconds(*literal);
}

Result<std::int64_t> read_integer(std::string_view text) {
  const auto refuse = [&](const char* why) {
    return Error{Code::kBadInput, "strconv.Atoi: parsing " + promql::quote(text) + ": " + why};
  };
  std::string_view digits = text;
  if (digits.size() > 1 && digits.front() == '+' && digits[1] != '-') digits.remove_prefix(1);
  std::int64_t number = 0;
  const auto [stopped, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (failed == std::errc::invalid_argument || stopped != digits.data() + digits.size()) {
    return refuse("invalid syntax");
  }
  if (failed != std::errc{}) return refuse("value out of range");
  return number;
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char byte) { return static_cast<char>(std::tolower(byte)); });
  return lower;
}

ApiResult<std::int64_t> time_parameter(const serve::Parameters& query, std::string_view name,
                                       std::int64_t otherwise_ms) {
  const std::string_view text = query.value(name);
  if (text.empty()) return otherwise_ms;
  const auto at_ms = read_time(text);
  if (at_ms) return *at_ms;
  return invalid_parameter(name, "invalid time value for '" + std::string(name) + "': " + at_ms.error().what);
}

ApiResult<std::size_t> limit_parameter(const serve::Parameters& query) {
  const std::string_view text = query.value("limit");
  if (text.empty()) return std::size_t{0};
  const auto limit = read_integer(text);
  if (!limit) return invalid_parameter("limit", limit.error().what);
  if (*limit < 0) return invalid_parameter("limit", "limit must be non-negative");
  return static_cast<std::size_t>(*limit);
}

ApiResult<std::vector<std::vector<store::Matcher>>> matchers_of(const serve::Parameters& query) {
  std::vector<std::vector<store::Matcher>> sets;
  for (const std::string& text : query.values("match[]")) {
    auto matchers = promql::parse_selector(text);
    if (!matchers) return ApiError{serve::ApiErrorType::kBadData, matchers.error().what};
    sets.push_back(*std::move(matchers));
  }
  for (const std::vector<store::Matcher>& matchers : sets) {
    if (!std::all_of(matchers.begin(), matchers.end(), promql::matches_empty)) continue;
    return ApiError{serve::ApiErrorType::kBadData, "match[] must contain at least one non-empty matcher"};
  }
  return sets;
}

std::string unescape_label_name(std::string_view name) {
  constexpr std::string_view kPrefix = "U__";
  if (name.substr(0, kPrefix.size()) != kPrefix) return std::string(name);
  std::string plain;
  for (std::string_view rest = name.substr(kPrefix.size()); !rest.empty();) {
    const char byte = rest.front();
    rest.remove_prefix(1);
    if (byte != '_') {
      plain += byte;
    } else if (!rest.empty() && rest.front() == '_') {
      plain += '_';
      rest.remove_prefix(1);
    } else {
      const auto rune = take_code_point(rest);
      if (!rune) return std::string(name);
      promql::append_rune(plain, *rune);
    }
  }
  return plain;
}

}  // namespace sonde::app
