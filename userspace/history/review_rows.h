#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "alerts/types.h"
#include "base/result.h"

namespace sonde::history {

/// As those of alert_rows.h: a review's row is found by its incident.
[[nodiscard]] std::string body_of(const alerts::Review& review);
/// errors: kBadInput.
[[nodiscard]] Result<alerts::Review> review_of(std::int64_t incident, std::string_view body);

}  // namespace sonde::history
