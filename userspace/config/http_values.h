#pragma once

#include <vector>

#include "base/status_range.h"
#include "config/value.h"

namespace sonde::config {

/// Reads one or a list of `2xx`, `404` and `200-299`; leaves a fault behind otherwise.
bool read_statuses(const Value& value, std::vector<StatusRange>& into);

/// Checks for an HTTP method in capitals; leaves a fault behind otherwise.
bool check_method(const Value& value, const std::string& method);

}  // namespace sonde::config
