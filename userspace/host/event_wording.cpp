#include "host/event_wording.h"

#include <signal.h>

#include <array>
#include <cstdio>
#include <string_view>

#include "base/utf8.h"

namespace sonde::host {
namespace {

constexpr std::size_t kShortIdDigits = 12;

std::string one_decimal(double value, const char* unit) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.1f %s", value, unit);
  return text.data();
}

std::string two_parts(std::int64_t big, const char* big_unit, std::int64_t small, const char* small_unit) {
  std::string text = std::to_string(big) + " " + big_unit;
  if (small > 0) text += " " + std::to_string(small) + " " + small_unit;
  return text;
}

}  // namespace

std::string to_text(const Actor& actor) {
  std::string inside = sanitise_utf8(actor.process_name);
  if (actor.pid > 0) inside += (inside.empty() ? "pid " : ", pid ") + std::to_string(actor.pid);
  return inside.empty() ? actor.service : actor.service + " (" + inside + ")";
}

std::string span_text(std::chrono::nanoseconds span) {
  using std::chrono::duration_cast;
  using std::chrono::seconds;
  constexpr std::int64_t kMinute = 60;
  constexpr std::int64_t kHour = 60 * kMinute;
  constexpr std::int64_t kDay = 24 * kHour;
  const auto ms = duration_cast<std::chrono::milliseconds>(span).count();
  if (ms < 1) return "less than 1 ms";
  if (ms < 1000) return std::to_string(ms) + " ms";
  const std::int64_t whole = duration_cast<seconds>(span).count();
  if (whole < 10) return one_decimal(static_cast<double>(ms / 100) / 10, "s");
  if (whole < kMinute) return std::to_string(whole) + " s";
  if (whole < kHour) return two_parts(whole / kMinute, "min", whole % kMinute, "s");
  if (whole < kDay) return two_parts(whole / kHour, "h", whole % kHour / kMinute, "min");
  return two_parts(whole / kDay, "d", whole % kDay / kHour, "h");
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::array kUnits{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  constexpr double kStep = 1024;
  constexpr double kRoundsUp = 1023.95;
  if (bytes < 1024) return std::to_string(bytes) + " B";
  double value = static_cast<double>(bytes) / kStep;
  std::size_t unit = 0;
  for (; value >= kRoundsUp && unit + 1 < kUnits.size(); ++unit) value /= kStep;
  return one_decimal(value, kUnits[unit]);
}

std::string end_text(const ProcessEnd& end) {
  if (!end.by_signal) return "exited with code " + std::to_string(end.number);
  std::string text =
      (is_orderly(end) && end.number != SIGKILL ? "was ended by " : "was killed by ") + signal_name(end.number);
  return end.dumped_core ? text + " (core dumped)" : text;
}

std::string short_build_id(const std::string& build_id) {
  return build_id.empty() ? "none" : build_id.substr(0, kShortIdDigits);
}

}  // namespace sonde::host
