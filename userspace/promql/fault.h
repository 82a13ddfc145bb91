#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "promql/types.h"

namespace sonde::promql {

/// What is wrong with an expression, and where.  units: bytes from its start.
struct Fault {
  std::size_t at = 0;
  std::string what;
};

/// "1:7: parse error: ...", as ParseErr prints it (promql/parser/parse.go, posrange/posrange.go).
QueryError to_query_error(const Fault& fault, std::string_view text);

}  // namespace sonde::promql
