#pragma once

#include <string_view>

#include "base/result.h"
#include "promql/ast.h"
#include "promql/fault.h"

namespace sonde::promql {

/// Refuses what reads well but means nothing, and settles how vectors of binary operations match: set operations become
/// many-to-many, operations with a scalar lose `matching` (checkAST in promql/parser/parse.go).
/// shape: `text` is what the tree was read from.
Expected<Ok, Fault> check_types(Expression& expression, std::string_view text);

}  // namespace sonde::promql
