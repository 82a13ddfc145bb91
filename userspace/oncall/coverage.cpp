#include "oncall/coverage.h"

#include <array>
#include <cstdio>

#include "base/quantity.h"

namespace sonde::oncall {
namespace {

using std::chrono::floor;

constexpr std::chrono::minutes kMinute{1};

std::string text_of(WallTime at, const TimeZone& zone) {
  const LocalTime local = zone.to_local(at);
  const auto day = floor<std::chrono::days>(local);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(floor<std::chrono::minutes>(local - day));
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u %02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()));
  return text.data();
}

std::string percent(double ratio) {
  constexpr double kPercent = 100.0;
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%.1f %%", ratio * kPercent);
  return text.data();
}

}  // namespace

Coverage coverage_of(std::span<const Shift> shifts) {
  Coverage coverage;
  std::chrono::nanoseconds whole{0};
  std::chrono::nanoseconds uncovered{0};
  for (const Shift& shift : shifts) {
    const std::chrono::nanoseconds length = shift.ends_at - shift.starts_at;
    whole += length;
    if (!shift.person.empty()) {
      coverage.time_of_person[shift.person] += length;
      continue;
    }
    uncovered += length;
    std::vector<Gap>& gaps = coverage.gaps;
    if (!gaps.empty() && gaps.back().ends_at == shift.starts_at) {
      gaps.back().ends_at = shift.ends_at;
    } else {
      gaps.push_back({shift.starts_at, shift.ends_at});
    }
  }
  if (whole.count() > 0) {
    coverage.uncovered_ratio = static_cast<double>(uncovered.count()) / static_cast<double>(whole.count());
  }
  return coverage;
}

std::optional<std::string> warning_of(const Coverage& coverage, const TimeZone& zone) {
  if (coverage.gaps.empty()) return std::nullopt;
  const Gap& next = coverage.gaps.front();
  const std::size_t count = coverage.gaps.size();
  const std::chrono::nanoseconds length = next.ends_at - next.starts_at;
  return "nobody is on call " + percent(coverage.uncovered_ratio) + " of the time; " +
         (count == 1 ? std::string("the only gap") : "the next of " + std::to_string(count) + " gaps") + " is from " +
         text_of(next.starts_at, zone) + " to " + text_of(next.ends_at, zone) + " " + zone.name() + ", " +
         format_duration(length >= kMinute ? floor<std::chrono::minutes>(length) : floor<std::chrono::seconds>(length));
}

}  // namespace sonde::oncall
