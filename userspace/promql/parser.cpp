#include "promql/parser.h"

#include <utility>

#include "promql/expression_parser.h"
#include "promql/fault.h"
#include "promql/type_check.h"

namespace sonde::promql {
namespace {

Parsed<ExpressionPtr> parse_checked(std::string_view text, const EngineOptions& options) {
  if (text.size() > options.max_expression_bytes) {
    return Fault{0, "expression is longer than " + std::to_string(options.max_expression_bytes) + " bytes"};
  }
  ExpressionPtr expression = SONDE_TRY(ExpressionParser(text, options.max_depth).parse_expression());
  SONDE_TRY(check_types(*expression, text));
  return expression;
}

}  // namespace

Expected<ExpressionPtr, QueryError> parse(std::string_view text, const EngineOptions& options) {
  auto expression = parse_checked(text, options);
  if (!expression) return to_query_error(expression.error(), text);
  return std::move(*expression);
}

Expected<std::vector<store::Matcher>, QueryError> parse_selector(std::string_view text) {
  auto expression = ExpressionParser(text, EngineOptions{}.max_depth).parse_selector();
  if (!expression) return to_query_error(expression.error(), text);
  return std::move(std::get<VectorSelector>((*expression)->node).matchers);
}

}  // namespace sonde::promql
