#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "measure/types.h"

namespace sonde::serve {

/// Prometheus text exposition format 0.0.4.
inline constexpr std::string_view kMetricsContentType = "text/plain; version=0.0.4; charset=utf-8";

/// Longest number write_number writes.
inline constexpr std::size_t kMaxNumberBytes = 32;

/// Writes a sample value as prometheus-cpp 1.0.1 does: 16 significant digits, `Nan`, `+Inf`, `-Inf`.
/// shape: `out` has room for kMaxNumberBytes; returns the end of what was written.
char* write_number(char* out, double value);

/// `a="1",b="2"`: what stands between the braces, with backslash, quote and newline escaped.
std::string label_text(const measure::SeriesIdentity& identity);

/// HELP as one line without backslashes, which become blanks: prometheus-cpp escapes neither, and one newline there
/// makes Prometheus refuse the whole scrape.
std::string one_line(std::string_view help);

/// As TYPE lines spell it.
std::string_view name_of(measure::MetricType type);

/// units: seconds, `index` within kDurationBounds.
double bound_seconds(std::size_t index);

}  // namespace sonde::serve
