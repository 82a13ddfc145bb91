#include "promql/evaluator.h"

#include <algorithm>
#include <cstdlib>
#include <utility>
#include <variant>

#include "promql/evaluation_shape.h"

namespace sonde::promql {
namespace {

/// Repeats what was evaluated at one step over all of them.
Matrix repeat(const Matrix& once, std::size_t step_count) {
  Matrix matrix(step_count);
  matrix.reserve(once.size());
  for (std::size_t index = 0; index < once.size(); ++index) {
    const std::span<double> row = matrix.append(once.labels(index));
    std::fill(row.begin(), row.end(), once.row(index).front());
  }
  return matrix;
}

bool is_literal(const Expression& expression) { return std::holds_alternative<NumberLiteral>(expression.node); }

}  // namespace

Outcome Evaluator::evaluate(const Expression& expression, const Scope& scope) {
  SONDE_TRY(limits_.look());
  const std::size_t held = limits_.held();
  SONDE_TRY(limits_.hold(scope.steps.count));
  limits_.keep(held);
  const bool once = scope.steps.count > 1 && invariant_.contains(&expression) && !is_literal(expression);
  if (!once) {
    Outcome outcome = evaluate_node(expression, scope);
    if (outcome) limits_.keep(held + outcome->value_count());
    return outcome;
  }
  const Steps first{scope.steps.start_ms, scope.steps.step_ms, 1};
  const Matrix values = SONDE_TRY(evaluate_node(expression, Scope{first, scope.fine_buckets}));
  limits_.keep(held);
  SONDE_TRY(limits_.hold(values.size() * scope.steps.count));
  return repeat(values, scope.steps.count);
}

Outcome Evaluator::evaluate_node(const Expression& expression, const Scope& scope) {
  const auto& node = expression.node;
  if (const auto* const parenthesis = std::get_if<Parenthesis>(&node)) return evaluate(*parenthesis->inner, scope);
  if (const auto* const selector = std::get_if<VectorSelector>(&node)) return select_vector(*selector, scope, false);
  if (const auto* const unary = std::get_if<Unary>(&node)) return negate(*unary, scope);
  if (const auto* const operation = std::get_if<Binary>(&node)) return binary(*operation, scope);
  if (const auto* const aggregation = std::get_if<Aggregation>(&node)) return aggregate(*aggregation, scope);
  if (const auto* const function = std::get_if<Call>(&node)) return call(*function, scope);
  if (const auto* const number = std::get_if<NumberLiteral>(&node)) {
    Matrix matrix = scalar_matrix(scope.steps.count);
    std::fill(matrix.values().begin(), matrix.values().end(), number->value);
    return matrix;
  }
  // The type checker leaves range vectors and strings only where evaluate() is not asked.
  std::abort();
}

}  // namespace sonde::promql
