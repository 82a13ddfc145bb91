#include "app/prometheus_tree.h"

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/go_number.h"
#include "promql/functions.h"
#include "promql/token.h"

namespace sonde::app {
namespace {

using promql::Expression;
using Json = nlohmann::ordered_json;

Json tree_of(const Expression& expression);

Json tree_of(const promql::ExpressionPtr& expression) {
  return expression == nullptr ? Json(nullptr) : tree_of(*expression);
}

std::string_view name_of(promql::Cardinality cardinality) {
  switch (cardinality) {
    case promql::Cardinality::kOneToOne:
      return "one-to-one";
    case promql::Cardinality::kManyToOne:
      return "many-to-one";
    case promql::Cardinality::kOneToMany:
      return "one-to-many";
    case promql::Cardinality::kManyToMany:
      return "many-to-many";
  }
  std::abort();
}

Json matchers_of(const std::vector<store::Matcher>& matchers) {
  Json rows = Json::array();
  for (const store::Matcher& matcher : matchers) {
    rows.push_back(Json{{"name", matcher.name}, {"value", matcher.value}, {"type", spelling(matcher.op)}});
  }
  return rows;
}

/// Adds `offset`, `timestamp` and `startOrEnd`.
void add_shift(Json& node, const promql::TimeShift& shift) {
  node["offset"] = shift.offset_ms;
  node["timestamp"] = shift.at == promql::AtKind::kTimestamp ? Json(shift.at_ms) : Json(nullptr);
  node["startOrEnd"] = nullptr;
  if (shift.at == promql::AtKind::kStart) node["startOrEnd"] = "start";
  if (shift.at == promql::AtKind::kEnd) node["startOrEnd"] = "end";
}

Json node_of(const promql::NumberLiteral& number) {
  return Json{{"type", "numberLiteral"}, {"val", format_number(number.value)}};
}

Json node_of(const promql::StringLiteral& text) { return Json{{"type", "stringLiteral"}, {"val", text.value}}; }

Json node_of(const promql::VectorSelector& selector) {
  Json node{{"type", "vectorSelector"}, {"name", selector.name}, {"matchers", matchers_of(selector.matchers)}};
  add_shift(node, selector.shift);
  return node;
}

Json node_of(const promql::MatrixSelector& matrix) {
  Json node = node_of(matrix.selector);
  node["type"] = "matrixSelector";
  node["range"] = matrix.range_ms;
  return node;
}

Json node_of(const promql::Subquery& subquery) {
  Json node{{"type", "subquery"},
            {"expr", tree_of(subquery.inner)},
            {"range", subquery.range_ms},
            {"step", subquery.step_ms}};
  add_shift(node, subquery.shift);
  return node;
}

Json node_of(const promql::Parenthesis& parenthesis) {
  return Json{{"type", "parenExpr"}, {"expr", tree_of(parenthesis.inner)}};
}

Json node_of(const promql::Unary& unary) {
  return Json{{"type", "unaryExpr"}, {"op", unary.negative ? "-" : "+"}, {"expr", tree_of(unary.inner)}};
}

Json matching_of(const promql::VectorMatching& matching) {
  return Json{{"card", name_of(matching.cardinality)},
              {"labels", matching.labels},
              {"on", matching.on},
              {"include", matching.include}};
}

Json node_of(const promql::Binary& binary) {
  return Json{{"type", "binaryExpr"},
              {"op", promql::spelling(binary.op)},
              {"lhs", tree_of(binary.left)},
              {"rhs", tree_of(binary.right)},
              {"matching", binary.matching ? matching_of(*binary.matching) : Json(nullptr)},
              {"bool", binary.return_bool}};
}

Json node_of(const promql::Aggregation& aggregation) {
  return Json{{"type", "aggregation"},
              {"op", promql::spelling(aggregation.op)},
              {"expr", tree_of(aggregation.inner)},
              {"param", tree_of(aggregation.parameter)},
              {"grouping", aggregation.grouping},
              {"without", aggregation.without}};
}

Json node_of(const promql::Call& call) {
  const promql::FunctionSpec& spec = promql::spec_of(call.function);
  Json types = Json::array();
  for (const promql::ValueType type : spec.arguments) types.push_back(name_of(type));
  Json arguments = Json::array();
  for (const promql::ExpressionPtr& argument : call.arguments) arguments.push_back(tree_of(argument));
  return Json{{"type", "call"},
              {"func", Json{{"name", spec.name},
                            {"argTypes", std::move(types)},
                            {"variadic", spec.variadic},
                            {"returnType", name_of(spec.returns)}}},
              {"args", std::move(arguments)}};
}

Json tree_of(const Expression& expression) {
  return std::visit([](const auto& node) { return node_of(node); }, expression.node);
}

bool reads(const promql::ExpressionPtr& expression) { return expression != nullptr && has_selector(*expression); }

bool reads(const promql::NumberLiteral&) { return false; }
bool reads(const promql::StringLiteral&) { return false; }
bool reads(const promql::VectorSelector&) { return true; }
bool reads(const promql::MatrixSelector&) { return true; }
bool reads(const promql::Subquery& subquery) { return reads(subquery.inner); }
bool reads(const promql::Parenthesis& parenthesis) { return reads(parenthesis.inner); }
bool reads(const promql::Unary& unary) { return reads(unary.inner); }
bool reads(const promql::Binary& binary) { return reads(binary.left) || reads(binary.right); }
bool reads(const promql::Aggregation& aggregation) { return reads(aggregation.inner) || reads(aggregation.parameter); }
bool reads(const promql::Call& call) {
  return std::any_of(call.arguments.begin(), call.arguments.end(),
                     [](const promql::ExpressionPtr& argument) { return reads(argument); });
}

}  // namespace

std::string tree_json(const Expression& expression) {
  return tree_of(expression).dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool has_selector(const Expression& expression) {
  return std::visit([](const auto& node) { return reads(node); }, expression.node);
}

}  // namespace sonde::app
