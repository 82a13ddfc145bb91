#pragma once

#include <string_view>

#include "promql/types.h"

namespace sonde::promql {

/// Parses an expression and says what a rule needs to know of it.
/// errors: as parse().  threads: any.
Expected<ExpressionFacts, QueryError> dissect(std::string_view text, const EngineOptions& options = {});

}  // namespace sonde::promql
