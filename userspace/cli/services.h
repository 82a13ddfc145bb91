#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/answers.h"

namespace sonde::cli {

/// The rows of one service, in both roles; all rows if none is named.  errors: kNotFound, naming those there are.
Result<std::vector<TopRow>> select_service(std::span<const TopRow> rows, const std::optional<std::string>& service);

/// Every figure of the rows, in their order, as JSON.
/// units: seconds and ratios in full precision; null where nothing is known.
std::string services_as_json(std::span<const TopRow> rows, std::chrono::nanoseconds window);

/// The same as CSV (RFC 4180); an empty field where nothing is known.
std::string services_as_csv(std::span<const TopRow> rows);

}  // namespace sonde::cli
