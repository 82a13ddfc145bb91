#pragma once

#include <string>

namespace sonde {

/// The shortest decimal digits that read back as `value`, without an exponent, as Prometheus writes sample values: Go's
/// strconv.FormatFloat(value, 'f', -1, 64). `0.1`, `100000000000000000000000`, `+Inf`, `-Inf`, `NaN`.
std::string format_number(double value);

}  // namespace sonde
