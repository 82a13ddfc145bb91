#include "promql/fault.h"

#include <algorithm>

namespace sonde::promql {
namespace {

std::string place_of(std::size_t at, std::string_view text) {
  if (text.empty()) return "unknown position";
  const std::string_view before = text.substr(0, at);
  const auto line = std::ranges::count(before, '\n') + 1;
  const std::size_t line_break = before.rfind('\n');
  const std::size_t column = line_break == std::string_view::npos ? at + 1 : at - line_break;
  return std::to_string(line) + ":" + std::to_string(column);
}

}  // namespace

QueryError to_query_error(const Fault& fault, std::string_view text) {
  return {QueryErrorKind::kBadData, place_of(fault.at, text) + ": parse error: " + fault.what};
}

}  // namespace sonde::promql
