#pragma once

#include <string>

#include "promql/ast.h"

namespace sonde::promql {

/// `sum by (job) `: of an aggregation what stands before its parenthesis.
std::string aggregation_head(const Aggregation& node);

/// `== bool on (job) group_left ()`: what stands between two operands.
std::string binary_middle(const Binary& node);

/// `[1h:5m] @ start() offset 5m`: what stands behind a subquery's inner expression.
std::string subquery_tail(const Subquery& node);

}  // namespace sonde::promql
