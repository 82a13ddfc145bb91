#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>

namespace sonde::rules {

enum class Severity : std::uint8_t { kWarning, kCritical };

constexpr std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::kWarning:
      return "warning";
    case Severity::kCritical:
      return "critical";
  }
  return "";
}

/// The built-in rules, by the name a person reads and a webhook gets as `alertname`.
inline constexpr std::string_view kHighResponseTime = "HighResponseTime";
inline constexpr std::string_view kHighErrorRate = "HighErrorRate";

/// What the value and threshold of a rule count.
enum class Unit : std::uint8_t { kSeconds, kRatio };

constexpr Unit unit_of(std::string_view rule) { return rule == kHighErrorRate ? Unit::kRatio : Unit::kSeconds; }

/// A value as a person writes it, with three significant digits: `1.23 s`, `850 us`, `3.4 %`.
inline std::string format_value(double value, Unit unit) {
  double shown = unit == Unit::kRatio ? value * 100 : value;
  const char* name = unit == Unit::kRatio ? "%" : "s";
  if (unit == Unit::kSeconds && value > 0 && value < 1) {
    shown = value < 1e-3 ? value * 1e6 : value * 1e3;
    name = value < 1e-3 ? "us" : "ms";
  }
  char digits[64];
  std::snprintf(digits, sizeof digits, "%.*f", shown < 10 ? 2 : shown < 100 ? 1 : 0, shown);
  std::string text = digits;
  if (text.find('.') != std::string::npos) text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text + ' ' + name;
}

struct DurationThreshold {
  std::chrono::nanoseconds warning;
  std::chrono::nanoseconds critical;
};

struct RatioThreshold {
  double warning;
  double critical;
};

/// What is judged for one service.
struct Policy {
  std::chrono::nanoseconds window = std::chrono::minutes{5};        ///< how much of the past is judged
  std::chrono::nanoseconds for_duration = std::chrono::minutes{1};  ///< how long a breach lasts before it fires
  std::uint64_t min_requests = 20;                                  ///< fewer in the window say nothing
  DurationThreshold response_time_p95{std::chrono::seconds{1}, std::chrono::seconds{5}};
  RatioThreshold error_ratio{0.01, 0.05};
};

struct RulePack {
  Policy defaults;
  std::map<std::string, Policy> services;  ///< whole policies by service name
};

enum class Verdict : std::uint8_t { kFine, kBreach, kInsufficientData };

/// What one rule says of one service at one moment.
struct Finding {
  std::string rule;  ///< "HighResponseTime", "HighErrorRate"
  Severity severity = Severity::kWarning;
  std::string service;
  Verdict verdict = Verdict::kInsufficientData;
  double value = 0;      ///< seconds or ratio, by rule
  double threshold = 0;  ///< same unit
  std::chrono::nanoseconds for_duration{0};
  std::string summary;  ///< one sentence for a person, with value, threshold, requests and window
};

}  // namespace sonde::rules
