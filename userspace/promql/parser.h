#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "promql/ast.h"
#include "promql/types.h"
#include "store/types.h"

namespace sonde::promql {

/// Reads PromQL as Prometheus 3 does, checks its types, and folds nothing.
/// errors: kBadData, worded and placed as Prometheus does: "1:7: parse error: unexpected ...". Nesting beyond
/// `options.max_depth` and text beyond `options.max_expression_bytes` are refused.  threads: any.
Expected<ExpressionPtr, QueryError> parse(std::string_view text, const EngineOptions& options = {});

/// Reads `name{a="b",c=~"d"}`: what match[] parameters and series descriptions are.
Expected<std::vector<store::Matcher>, QueryError> parse_selector(std::string_view text);

/// On one line, as Prometheus' Expr.String() writes it; parse() of it gives the same tree.
std::string to_text(const Expression& expression);

/// Over several lines where one would be longer than 100 characters, as Prometheus' Prettify()
/// (promql/parser/prettier.go).
std::string to_pretty_text(const Expression& expression);

}  // namespace sonde::promql
