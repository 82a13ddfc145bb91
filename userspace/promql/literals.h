#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sonde::promql {

/// Reads a number word: `1_000`, `0x1f`, `017` (octal, as in Go), `1e-3`, `Inf`, `nan`.
/// errors: worded as Go's strconv.ParseFloat does.
Expected<double, std::string> parse_number(std::string_view text);

/// Reads `1h30m`.  units: nanoseconds.  errors: worded as ParseDuration of prometheus/common (model/time.go) does.
Expected<std::int64_t, std::string> parse_duration_literal(std::string_view text);

/// The way back, as Duration.String() there: `1h30m`, `0s`, `90d` rather than weeks.  units: milliseconds, not
/// negative.
std::string duration_text(std::int64_t milliseconds);

/// What a string word stands for: without its quotes and escapes. The lexer has checked them.
std::string unquote(std::string_view text);

}  // namespace sonde::promql
