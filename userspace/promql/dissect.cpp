#include "promql/dissect.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "promql/ast.h"
#include "promql/evaluation_shape.h"
#include "promql/parser.h"
#include "promql/rune.h"

namespace sonde::promql {
namespace {

bool is_condition(BinaryOperator op) { return op >= BinaryOperator::kEqual && op <= BinaryOperator::kLessEqual; }

/// Calls `visit` for each piece of the tree, from the root down.
void walk(const Expression& expression, const std::function<void(const Expression&)>& visit) {
  visit(expression);
  if (const auto* subquery = std::get_if<Subquery>(&expression.node)) walk(*subquery->inner, visit);
  if (const auto* parenthesis = std::get_if<Parenthesis>(&expression.node)) walk(*parenthesis->inner, visit);
  if (const auto* unary = std::get_if<Unary>(&expression.node)) walk(*unary->inner, visit);
  if (const auto* binary = std::get_if<Binary>(&expression.node)) {
    walk(*binary->left, visit);
    walk(*binary->right, visit);
  }
  if (const auto* aggregation = std::get_if<Aggregation>(&expression.node)) {
    if (aggregation->parameter) walk(*aggregation->parameter, visit);
    walk(*aggregation->inner, visit);
  }
  if (const auto* call = std::get_if<Call>(&expression.node)) {
    for (const ExpressionPtr& argument : call->arguments) walk(*argument, visit);
  }
}

/// The side that gives the elements of a result.
const Expression& vector_side(const Binary& binary) {
  const bool swapped = binary.left->type == ValueType::kScalar ||
                       (binary.matching && binary.matching->cardinality == Cardinality::kOneToMany);
  return swapped ? *binary.right : *binary.left;
}

/// Null if the expression is no condition.
const Expression* without_condition(const Expression& expression) {
  const auto* binary = std::get_if<Binary>(&inside(expression).node);
  if (binary == nullptr || binary->return_bool) return nullptr;
  const bool narrows = binary->op == BinaryOperator::kAnd || binary->op == BinaryOperator::kUnless;
  if (!narrows && !is_condition(binary->op)) return nullptr;
  const Expression& side = narrows ? *binary->left : vector_side(*binary);
  // `a and b` where `a` compares nothing: an `a` without a `b` is no data that could be judged.
  const Expression* deeper = without_condition(side);
  if (deeper != nullptr) return deeper;
  return narrows ? nullptr : &inside(side);
}

std::string presence_of(const Expression& expression) {
  const auto* binary = std::get_if<Binary>(&inside(expression).node);
  if (binary != nullptr && binary->op == BinaryOperator::kOr) {
    const std::string left = presence_of(*binary->left);
    const std::string right = presence_of(*binary->right);
    return left.empty() || right.empty() ? "" : "(" + left + ") or (" + right + ")";
  }
  const Expression* compared = without_condition(expression);
  return compared == nullptr ? "" : to_text(*compared);
}

std::optional<double> number_of(const Expression& expression) {
  const Expression& inner = inside(expression);
  if (const auto* number = std::get_if<NumberLiteral>(&inner.node)) return number->value;
  const auto* unary = std::get_if<Unary>(&inner.node);
  if (unary == nullptr) return std::nullopt;
  const std::optional<double> value = number_of(*unary->inner);
  return value && unary->negative ? -*value : value;
}

std::optional<Threshold> threshold_of(const Expression& expression) {
  const auto* binary = std::get_if<Binary>(&inside(expression).node);
  if (binary == nullptr) return std::nullopt;
  if (binary->op == BinaryOperator::kAnd || binary->op == BinaryOperator::kUnless) return threshold_of(*binary->left);
  const bool swapped = binary->left->type == ValueType::kScalar;
  const Expression& side = swapped ? *binary->left : *binary->right;
  const std::optional<double> value = number_of(side);
  const bool is_greater = binary->op == BinaryOperator::kGreater || binary->op == BinaryOperator::kGreaterEqual;
  const bool is_less = binary->op == BinaryOperator::kLess || binary->op == BinaryOperator::kLessEqual;
  if (!value || binary->return_bool || (!is_greater && !is_less)) return std::nullopt;
  const bool inclusive = binary->op == BinaryOperator::kGreaterEqual || binary->op == BinaryOperator::kLessEqual;
  return Threshold{is_greater != swapped, inclusive, *value, side.span.begin, side.span.end};
}

/// Finds the longest range, and writes the expression that counts its samples.
class CoverageWriter {
 public:
  /// Empty if no range can be counted.
  std::string write(const Expression& expression) {
    return std::visit([this](const auto& node) { return count(node); }, inside(expression).node);
  }

  [[nodiscard]] std::int64_t range_ms() const { return range_ms_; }

 private:
  std::string count(const NumberLiteral&) { return ""; }
  std::string count(const StringLiteral&) { return ""; }
  std::string count(const VectorSelector&) { return ""; }
  std::string count(const MatrixSelector&) { return ""; }
  std::string count(const Subquery&) { return ""; }
  std::string count(const Parenthesis&) { return ""; }  // inside() has taken them off
  std::string count(const Unary& unary) { return write(*unary.inner); }

  std::string count(const Binary& binary) {
    if (binary.left->type == ValueType::kScalar || binary.right->type == ValueType::kScalar) {
      return write(vector_side(binary));
    }
    // Of a share, the whole: its parts may have no series yet.
    const bool whole_is_right = binary.op == BinaryOperator::kDivide;
    const std::string first = write(whole_is_right ? *binary.right : *binary.left);
    return first.empty() ? write(whole_is_right ? *binary.left : *binary.right) : first;
  }

  std::string count(const Aggregation& aggregation) {
    const std::string inner = write(*aggregation.inner);
    if (inner.empty() || aggregation.op == Aggregator::kCountValues) return "";
    if (aggregation.op == Aggregator::kTopk || aggregation.op == Aggregator::kBottomk) return inner;
    std::string labels;
    for (const std::string& label : aggregation.grouping) labels += (labels.empty() ? "" : ",") + quote_label(label);
    return std::string("max ") + (aggregation.without ? "without" : "by") + " (" + labels + ") (" + inner + ")";
  }

  std::string count(const Call& call) {
    for (const ExpressionPtr& argument : call.arguments) {
      if (const auto* range = std::get_if<MatrixSelector>(&argument->node)) {
        range_ms_ = std::max(range_ms_, range->range_ms);
        return "count_over_time(" + to_text(*argument) + ")";
      }
    }
    for (const ExpressionPtr& argument : call.arguments) {
      if (argument->type != ValueType::kVector) continue;
      const std::string inner = write(*argument);
      if (inner.empty() || call.function != Function::kHistogramQuantile) return inner;
      return "max without (le) (" + inner + ")";
    }
    return "";
  }

  static std::string quote_label(const std::string& label) {
    const auto plain = [](char c) {
      return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    };
    return std::all_of(label.begin(), label.end(), plain) ? label : quote(label);
  }

  std::int64_t range_ms_ = 0;
};

void note_selector(const VectorSelector& selector, ExpressionFacts& facts) {
  facts.selectors.push_back(selector.matchers);
  if (!selector.name.empty()) facts.metrics.push_back(selector.name);
}

}  // namespace

Expected<ExpressionFacts, QueryError> dissect(std::string_view text, const EngineOptions& options) {
  auto parsed = parse(text, options);
  if (!parsed) return std::move(parsed).error();
  const Expression& root = **parsed;
  ExpressionFacts facts;
  facts.type = root.type;
  facts.presence = presence_of(root);
  facts.threshold = threshold_of(root);
  const Expression* compared = without_condition(root);
  CoverageWriter coverage;
  facts.coverage = coverage.write(compared == nullptr ? root : *compared);
  facts.range_ms = coverage.range_ms();
  walk(root, [&](const Expression& piece) {
    if (const auto* selector = std::get_if<VectorSelector>(&piece.node)) note_selector(*selector, facts);
    if (const auto* range = std::get_if<MatrixSelector>(&piece.node)) note_selector(range->selector, facts);
  });
  std::sort(facts.metrics.begin(), facts.metrics.end());
  facts.metrics.erase(std::unique(facts.metrics.begin(), facts.metrics.end()), facts.metrics.end());
  return facts;
}

}  // namespace sonde::promql
