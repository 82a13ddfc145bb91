#pragma once

#include <string>
#include <string_view>

#include "alerts/types.h"
#include "base/result.h"

namespace sonde::history {

/// As those of alert_rows.h: an incident's row is found by its id.
[[nodiscard]] std::string body_of(const alerts::Incident& incident);
/// errors: kBadInput.
[[nodiscard]] Result<alerts::Incident> incident_of(std::int64_t id, std::string_view body);
[[nodiscard]] bool is_same(const alerts::Incident& left, const alerts::Incident& right);

}  // namespace sonde::history
