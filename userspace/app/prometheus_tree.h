#pragma once

#include <string>

#include "promql/ast.h"

namespace sonde::app {

/// The syntax tree as JSON, as Prometheus gives it to its page (web/api/v1/translate_ast.go).
std::string tree_json(const promql::Expression& expression);

/// Whether it reads any series.
bool has_selector(const promql::Expression& expression);

}  // namespace sonde::app
