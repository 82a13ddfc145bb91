#include "promql/type_check.h"

#include <algorithm>
#include <cstdlib>
#include <string>

#include "promql/functions.h"
#include "promql/matcher_pattern.h"
#include "promql/rune.h"
#include "promql/token.h"

namespace sonde::promql {
namespace {

using Checked = Expected<Ok, Fault>;

/// As Prometheus' documentation calls it (DocumentedType in promql/parser/value.go).
std::string_view documented_name(ValueType type) {
  switch (type) {
    case ValueType::kNone:
      return "none";
    case ValueType::kScalar:
      return "scalar";
    case ValueType::kVector:
      return "instant vector";
    case ValueType::kMatrix:
      return "range vector";
    case ValueType::kString:
      return "string";
  }
  std::abort();
}

std::string_view short_name(ValueType type) {
  if (type == ValueType::kVector) return "vector";
  return type == ValueType::kMatrix ? "matrix" : documented_name(type);
}

bool is_scalar_or_vector(ValueType type) { return type == ValueType::kScalar || type == ValueType::kVector; }

Checked check_selector(const VectorSelector& selector, Span span) {
  if (selector.name.empty()) {
    if (!std::ranges::all_of(selector.matchers, matches_empty)) return Ok{};
    return Fault{span.begin, "vector selector must contain at least one non-empty matcher"};
  }
  for (std::size_t i = 0; i + 1 < selector.matchers.size(); ++i) {
    const store::Matcher& matcher = selector.matchers[i];
    if (matcher.name != store::kNameLabel) continue;
    return Fault{span.begin,
                 "metric name must not be set twice: " + quote(selector.name) + " or " + quote(matcher.value)};
  }
  return Ok{};
}

class TypeChecker {
 public:
  explicit TypeChecker(std::string_view text) : text_(text) {}

  Checked check(Expression& expression) {
    return std::visit([&](auto& node) { return check_node(node, expression.span); }, expression.node);
  }

 private:
  Checked check_node(NumberLiteral&, Span) { return Ok{}; }
  Checked check_node(StringLiteral&, Span) { return Ok{}; }
  Checked check_node(VectorSelector& node, Span span) { return check_selector(node, span); }
  Checked check_node(MatrixSelector& node, Span span) { return check_selector(node.selector, span); }
  Checked check_node(Parenthesis& node, Span) { return check(*node.inner); }
  Checked check_node(Subquery& node, Span span);
  Checked check_node(Unary& node, Span span);
  Checked check_node(Binary& node, Span span);
  Checked check_node(Aggregation& node, Span span);
  Checked check_node(Call& node, Span span);

  Checked check_matching(Binary& node, Span span);
  Checked check_modifiers(const Binary& node);
  Checked expect(Expression& expression, ValueType wanted, const std::string& where);
  [[nodiscard]] std::size_t operator_place(const Binary& node) const;

  std::string_view text_;
};

Checked TypeChecker::expect(Expression& expression, ValueType wanted, const std::string& where) {
  SONDE_TRY(check(expression));
  if (expression.type == wanted) return Ok{};
  return Fault{expression.span.begin, "expected type " + std::string(documented_name(wanted)) + " in " + where +
                                          ", got " + std::string(documented_name(expression.type))};
}

std::size_t TypeChecker::operator_place(const Binary& node) const {
  return std::min(text_.find_first_not_of(" \t\r\n", node.left->span.end), text_.size());
}

Checked TypeChecker::check_node(Subquery& node, Span span) {
  SONDE_TRY(check(*node.inner));
  if (node.inner->type == ValueType::kVector) return Ok{};
  return Fault{span.begin, "subquery is only allowed on instant vector, got " +
                               std::string(short_name(node.inner->type)) + " instead"};
}

Checked TypeChecker::check_node(Unary& node, Span span) {
  SONDE_TRY(check(*node.inner));
  if (is_scalar_or_vector(node.inner->type)) return Ok{};
  return Fault{span.begin, "unary expression only allowed on expressions of type scalar or instant vector, got " +
                               quote(documented_name(node.inner->type))};
}

Checked TypeChecker::check_node(Aggregation& node, Span) {
  SONDE_TRY(expect(*node.inner, ValueType::kVector, "aggregation expression"));
  if (!node.parameter) return Ok{};
  const ValueType wanted = node.op == Aggregator::kCountValues ? ValueType::kString : ValueType::kScalar;
  return expect(*node.parameter, wanted, "aggregation parameter");
}

Checked TypeChecker::check_node(Binary& node, Span span) {
  SONDE_TRY(check(*node.left));
  SONDE_TRY(check(*node.right));
  SONDE_TRY(check_modifiers(node));
  for (const Expression* operand : {node.left.get(), node.right.get()}) {
    if (!is_scalar_or_vector(operand->type)) {
      return Fault{operand->span.begin, "binary expression must contain only scalar and instant vector types"};
    }
  }
  return check_matching(node, span);
}

Checked TypeChecker::check_modifiers(const Binary& node) {
  const bool scalars = node.left->type == ValueType::kScalar && node.right->type == ValueType::kScalar;
  if (node.return_bool && !is_comparison(node.op)) {
    return Fault{operator_place(node), "bool modifier can only be used on comparison operators"};
  }
  if (is_comparison(node.op) && !node.return_bool && scalars) {
    return Fault{operator_place(node), "comparisons between scalars must use BOOL modifier"};
  }
  for (const std::string& label : node.matching->labels) {
    const auto& include = node.matching->include;
    if (node.matching->on && std::ranges::find(include, label) != include.end()) {
      return Fault{operator_place(node), "label " + quote(label) + " must not occur in ON and GROUP clause at once"};
    }
  }
  return Ok{};
}

Checked TypeChecker::check_matching(Binary& node, Span span) {
  const bool vectors = node.left->type == ValueType::kVector && node.right->type == ValueType::kVector;
  const std::string quoted = quote(spelling(node.op));
  if (!vectors) {
    if (!node.matching->labels.empty()) {
      return Fault{span.begin, "vector matching only allowed between instant vectors"};
    }
    if (is_set_operator(node.op)) {
      return Fault{span.begin, "set operator " + quoted + " not allowed in binary scalar expression"};
    }
    node.matching.reset();
    return Ok{};
  }
  if (!is_set_operator(node.op)) return Ok{};
  if (node.matching->cardinality != Cardinality::kOneToOne) {
    return Fault{span.begin, "no grouping allowed for " + quoted + " operation"};
  }
  node.matching->cardinality = Cardinality::kManyToMany;
  return Ok{};
}

Checked TypeChecker::check_node(Call& node, Span span) {
  const FunctionSpec& spec = spec_of(node.function);
  const std::size_t declared = spec.arguments.size();
  const std::size_t given = node.arguments.size();
  const std::string rest = " argument(s) in call to " + quote(spec.name) + ", got " + std::to_string(given);
  if (spec.variadic == 0 && given != declared) {
    return Fault{span.begin, "expected " + std::to_string(declared) + rest};
  }
  if (spec.variadic != 0 && given + 1 < declared) {
    return Fault{span.begin, "expected at least " + std::to_string(declared - 1) + rest};
  }
  const std::size_t most = declared - 1 + static_cast<std::size_t>(std::max(spec.variadic, 0));
  if (spec.variadic > 0 && given > most) return Fault{span.begin, "expected at most " + std::to_string(most) + rest};
  const std::string where = "call to function " + quote(spec.name);
  for (std::size_t i = 0; i < given; ++i) {
    SONDE_TRY(expect(*node.arguments[i], spec.arguments[std::min(i, declared - 1)], where));
  }
  return Ok{};
}

}  // namespace

Expected<Ok, Fault> check_types(Expression& expression, std::string_view text) {
  return TypeChecker(text).check(expression);
}

}  // namespace sonde::promql
