#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "base/quantity.h"
#include "templates/functions.h"
#include "templates/literal.h"
#include "templates/rune.h"
#include "templates/scalar_format.h"
#include "templates/value_format.h"

namespace sonde::templates {
namespace {

constexpr std::array<std::string_view, 8> kLargePrefixes{"k", "M", "G", "T", "P", "E", "Z", "Y"};
constexpr std::array<std::string_view, 8> kBinaryPrefixes{"ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"};
constexpr std::array<std::string_view, 8> kSmallPrefixes{"m", "u", "n", "p", "f", "a", "z", "y"};

Expected<double, Complaint> read_float(const std::string& text) {
  double value = 0;
  switch (parse_float(text, value)) {
    case FloatFault::kNone:
      return value;
    case FloatFault::kSyntax:
      return Complaint{"strconv.ParseFloat: parsing " + quote(text, false) + ": invalid syntax; it takes a number"};
    case FloatFault::kRange:
      return Complaint{"strconv.ParseFloat: parsing " + quote(text, false) + ": value out of range"};
  }
  return value;
}

/// A number, a text that is one, or a duration as seconds.
Expected<double, Complaint> to_float(const Value& value) {
  if (const auto* held = value.as<double>()) return *held;
  if (const auto* held = value.as<std::int64_t>()) return static_cast<double>(*held);
  if (value.kind() == Kind::kText) return read_float(text_of(value));
  if (const auto* held = value.as<std::chrono::nanoseconds>()) return static_cast<double>(held->count()) / 1e9;
  return Complaint{"can't convert " + std::string(type_name(value)) + " to float"};
}

struct Scaled {
  double value = 0;
  std::string_view prefix;
};

Scaled scale_down(double value, double step, const std::array<std::string_view, 8>& prefixes) {
  Scaled scaled{value, ""};
  for (const std::string_view prefix : prefixes) {
    if (std::abs(scaled.value) < step) break;
    scaled = {scaled.value / step, prefix};
  }
  return scaled;
}

Scaled scale_up(double value) {
  Scaled scaled{value, ""};
  for (const std::string_view prefix : kSmallPrefixes) {
    if (std::abs(scaled.value) >= 1) break;
    scaled = {scaled.value * 1000, prefix};
  }
  return scaled;
}

std::string text_of(const Scaled& scaled) { return four_digits(scaled.value) + std::string(scaled.prefix); }

/// Go turns what does not fit into the smallest number.
std::int64_t to_integer(double value) {
  const bool fits = value < 9223372036854775808.0 && value >= -9223372036854775808.0;
  return fits ? static_cast<std::int64_t>(value) : std::numeric_limits<std::int64_t>::min();
}

std::string long_duration(double seconds) {
  const std::string sign = seconds < 0 ? "-" : "";
  const std::int64_t whole = to_integer(std::abs(seconds));
  const std::int64_t days = whole / 86400;
  const std::string minutes_text = std::to_string(whole / 60 % 60) + "m " + std::to_string(whole % 60) + "s";
  const std::string hours_text = std::to_string(whole / 3600 % 24) + "h " + minutes_text;
  if (days != 0) return sign + std::to_string(days) + "d " + hours_text;
  if (whole / 3600 % 24 != 0) return sign + hours_text;
  if (whole / 60 % 60 != 0) return sign + minutes_text;
  return sign + four_digits(std::abs(seconds)) + "s";
}

Expected<Moment, Complaint> to_moment(double seconds) {
  if (!std::isfinite(seconds)) return Complaint{"value is NaN or Inf"};
  const double ns = seconds * 1e9;
  const bool fits = ns < 9223372036854775808.0 && ns >= -9223372036854775808.0;
  if (!fits) {
    return Complaint{shortest_float(seconds) +
                     " cannot be represented as a nanoseconds timestamp since it overflows int64"};
  }
  // Prometheus keeps milliseconds: what is finer is cut off, towards zero.
  return Moment{static_cast<std::int64_t>(ns) / 1'000'000};
}

}  // namespace

Answer run_humanize(const CallContext&, Arguments arguments) {
  const double value = SONDE_TRY(to_float(arguments.front()));
  if (value == 0 || !std::isfinite(value)) return make_text(four_digits(value));
  return make_text(text_of(std::abs(value) >= 1 ? scale_down(value, 1000, kLargePrefixes) : scale_up(value)));
}

Answer run_humanize_1024(const CallContext&, Arguments arguments) {
  const double value = SONDE_TRY(to_float(arguments.front()));
  if (std::abs(value) <= 1 || !std::isfinite(value)) return make_text(four_digits(value));
  return make_text(text_of(scale_down(value, 1024, kBinaryPrefixes)));
}

Answer run_humanize_duration(const CallContext&, Arguments arguments) {
  const double value = SONDE_TRY(to_float(arguments.front()));
  if (!std::isfinite(value)) return make_text(four_digits(value));
  if (value == 0) return make_text(four_digits(value) + "s");
  return make_text(std::abs(value) >= 1 ? long_duration(value) : text_of(scale_up(value)) + "s");
}

Answer run_humanize_percentage(const CallContext&, Arguments arguments) {
  return make_text(four_digits(SONDE_TRY(to_float(arguments.front())) * 100) + "%");
}

Answer run_humanize_timestamp(const CallContext&, Arguments arguments) {
  const double value = SONDE_TRY(to_float(arguments.front()));
  if (!std::isfinite(value)) return make_text(four_digits(value));
  return make_text(moment_text(SONDE_TRY(to_moment(value))));
}

Answer run_to_time(const CallContext&, Arguments arguments) {
  const double seconds = SONDE_TRY(to_float(arguments.front()));
  return Value{SONDE_TRY(to_moment(seconds))};
}

Answer run_to_duration(const CallContext&, Arguments arguments) {
  const double seconds = SONDE_TRY(to_float(arguments.front()));
  return Value{std::chrono::nanoseconds{to_integer(seconds * 1e9)}};
}

Answer run_now(const CallContext& context, Arguments) {
  return Value{static_cast<double>(context.data.at_ms) / 1000.0};
}

Answer run_parse_duration(const CallContext&, Arguments arguments) {
  const std::string& text = templates::text_of(arguments.front());
  if (text.empty()) return Complaint{"empty duration string"};
  // Prometheus knows neither fractions nor microseconds.
  const bool plain = text.find_first_not_of("0123456789ywdhms") == std::string::npos;
  const auto duration = plain ? parse_duration(text) : Result<std::chrono::nanoseconds>(Error{});
  if (!duration) {
    return Complaint{"not a valid duration string: " + quote(text, false) + "; write it like 30s, 5m or 1h30m"};
  }
  return Value{static_cast<double>(duration->count()) / 1e9};
}

}  // namespace sonde::templates
