#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/answers.h"
#include "cli/types.h"

namespace sonde::cli {

/// The rows of one service, in both roles; all rows if none is named.  errors: kNotFound, naming those there are.
Result<std::vector<TopRow>> select_service(std::span<const TopRow> rows, const std::optional<std::string>& service);

/// What is asked of the rows, and how it is written.
struct QueryView {
  std::vector<Figure> figures;
  std::chrono::nanoseconds window = std::chrono::minutes{5};
  QueryFormat format = QueryFormat::kTable;
};

/// The figures of every row, by service and role: an aligned table for people, JSON, or CSV as in RFC 4180.
/// units: JSON and CSV hold seconds and ratios in full precision; null or an empty field where nothing is known.
std::string render_query(std::span<const TopRow> rows, const QueryView& view);

/// The same as JSON, in the order of the rows.
std::string services_as_json(std::span<const TopRow> rows, std::span<const Figure> figures,
                             std::chrono::nanoseconds window);

}  // namespace sonde::cli
