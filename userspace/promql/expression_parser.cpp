#include "promql/expression_parser.h"

#include <algorithm>

#include "base/utf8.h"
#include "promql/functions.h"
#include "promql/literals.h"
#include "promql/rune.h"

namespace sonde::promql {
namespace {

constexpr int kWeakest = 1;
constexpr int kUnaryStrength = 5;

/// Higher binds tighter (the %left and %right lines of generated_parser.y).
int strength(BinaryOperator op) {
  switch (op) {
    case BinaryOperator::kOr:
      return 1;
    case BinaryOperator::kAnd:
    case BinaryOperator::kUnless:
      return 2;
    case BinaryOperator::kEqual:
    case BinaryOperator::kNotEqual:
    case BinaryOperator::kGreater:
    case BinaryOperator::kLess:
    case BinaryOperator::kGreaterEqual:
    case BinaryOperator::kLessEqual:
      return 3;
    case BinaryOperator::kAdd:
    case BinaryOperator::kSubtract:
      return 4;
    case BinaryOperator::kMultiply:
    case BinaryOperator::kDivide:
    case BinaryOperator::kModulo:
    case BinaryOperator::kAtan2:
      return kUnaryStrength;
    case BinaryOperator::kPower:
      return 6;
  }
  return 0;
}

bool is_sign(const Token& token) {
  return token.kind == TokenKind::kOperator &&
         (token.op == BinaryOperator::kAdd || token.op == BinaryOperator::kSubtract);
}

bool begins_expression(const Token& token) {
  return is_sign(token) || may_name_metric(token) || token.kind == TokenKind::kNumber ||
         token.kind == TokenKind::kDuration || token.kind == TokenKind::kString ||
         token.kind == TokenKind::kLeftParenthesis || token.kind == TokenKind::kLeftBrace;
}

bool may_name_function(const Token& token) {
  return token.kind == TokenKind::kIdentifier || token.kind == TokenKind::kStart ||
         token.kind == TokenKind::kEndKeyword || token.kind == TokenKind::kDurationFunction;
}

std::size_t tallest(const std::vector<ExpressionPtr>& expressions) {
  std::size_t height = 0;
  for (const ExpressionPtr& expression : expressions) height = std::max(height, expression->height);
  return height;
}

}  // namespace

Parsed<Token> ExpressionParser::peek() {
  if (!ahead_) ahead_ = SONDE_TRY(lexer_.next());
  return *ahead_;
}

Parsed<Token> ExpressionParser::take() {
  const Token token = SONDE_TRY(peek());
  ahead_.reset();
  last_end_ = token.span.end;
  return token;
}

Parsed<bool> ExpressionParser::at(TokenKind kind) { return SONDE_TRY(peek()).kind == kind; }

Parsed<bool> ExpressionParser::take_if(TokenKind kind) {
  if (!SONDE_TRY(at(kind))) return false;
  SONDE_TRY(take());
  return true;
}

Parsed<Token> ExpressionParser::expect(TokenKind kind) {
  const Token token = SONDE_TRY(peek());
  if (token.kind != kind) return unexpected(token);
  return take();
}

Fault ExpressionParser::unexpected(const Token& token) const {
  std::string what = "unexpected " + describe(token);
  if (!place_.rule.empty()) what += " in " + std::string(place_.rule);
  if (!place_.expected.empty()) what += ", expected " + std::string(place_.expected);
  return {token.span.begin, std::move(what)};
}

Parsed<ExpressionPtr> ExpressionParser::parse_expression() {
  if (SONDE_TRY(at(TokenKind::kEnd))) return Fault{0, "no expression found in input"};
  ExpressionPtr expression = SONDE_TRY(binary_expression(kWeakest));
  SONDE_TRY(expect(TokenKind::kEnd));
  return expression;
}

Parsed<ExpressionPtr> ExpressionParser::parse_selector() {
  const Token first = SONDE_TRY(peek());
  if (!may_name_metric(first) && first.kind != TokenKind::kLeftBrace) return unexpected(first);
  SONDE_TRY(take());
  ExpressionPtr selector = SONDE_TRY(vector_selector(first));
  SONDE_TRY(expect(TokenKind::kEnd));
  return selector;
}

Parsed<ExpressionPtr> ExpressionParser::binary_expression(int weakest) {
  const Deeper deeper(*this);
  if (depth_ > max_depth_) {
    return Fault{last_end_, "expression nests deeper than " + std::to_string(max_depth_) + " levels"};
  }
  ExpressionPtr left = SONDE_TRY(unary_expression());
  while (true) {
    const Token op = SONDE_TRY(peek());
    if (op.kind != TokenKind::kOperator || strength(op.op) < weakest) return left;
    SONDE_TRY(take());
    Binary node = SONDE_TRY(binary_modifiers(op));
    const bool right_associative = op.op == BinaryOperator::kPower;
    node.right = SONDE_TRY(binary_expression(strength(op.op) + (right_associative ? 0 : 1)));
    node.left = std::move(left);

    const Span span{node.left->span.begin, node.right->span.end};
    const std::size_t height = std::max(node.left->height, node.right->height);
    const bool scalar = node.left->type == ValueType::kScalar && node.right->type == ValueType::kScalar;
    left = SONDE_TRY(make(std::move(node), span, scalar ? ValueType::kScalar : ValueType::kVector, height));
  }
}

Parsed<Binary> ExpressionParser::binary_modifiers(const Token& op) {
  Binary node;
  node.op = op.op;
  node.return_bool = SONDE_TRY(take_if(TokenKind::kBool));
  VectorMatching& matching = node.matching.emplace();
  const bool on = SONDE_TRY(take_if(TokenKind::kOn));
  if (!on && !SONDE_TRY(take_if(TokenKind::kIgnoring))) return node;
  matching.on = on;
  matching.labels = SONDE_TRY(label_names());

  if (SONDE_TRY(take_if(TokenKind::kGroupLeft))) {
    matching.cardinality = Cardinality::kManyToOne;
  } else if (SONDE_TRY(take_if(TokenKind::kGroupRight))) {
    matching.cardinality = Cardinality::kOneToMany;
  } else {
    return node;
  }
  if (SONDE_TRY(at(TokenKind::kLeftParenthesis))) matching.include = SONDE_TRY(label_names());
  return node;
}

/// A sign binds as `*` does, so that -1^2 is -(1^2); the sign of a number becomes part of it.
Parsed<ExpressionPtr> ExpressionParser::unary_expression() {
  const Token sign = SONDE_TRY(peek());
  if (!is_sign(sign)) return with_modifiers(SONDE_TRY(primary_expression()));
  SONDE_TRY(take());
  const bool negative = sign.op == BinaryOperator::kSubtract;
  ExpressionPtr inner = SONDE_TRY(binary_expression(kUnaryStrength + 1));
  if (auto* literal = std::get_if<NumberLiteral>(&inner->node)) {
    if (negative) literal->value = -literal->value;
    inner->span.begin = sign.span.begin;
    return inner;
  }
  const Span span{sign.span.begin, inner->span.end};
  const ValueType type = inner->type;
  const std::size_t height = inner->height;
  return make(Unary{negative, std::move(inner)}, span, type, height);
}

Parsed<ExpressionPtr> ExpressionParser::primary_expression() {
  const Token first = SONDE_TRY(peek());
  if (!begins_expression(first)) return unexpected(first);
  SONDE_TRY(take());
  if (first.kind == TokenKind::kLeftParenthesis) return parenthesis(first);
  if (first.kind == TokenKind::kNumber || first.kind == TokenKind::kDuration) return number(first);
  if (first.kind == TokenKind::kString) {
    return make(StringLiteral{unquote(first.text)}, first.span, ValueType::kString, 0);
  }

  const TokenKind next = SONDE_TRY(peek()).kind;
  if (first.kind == TokenKind::kAggregator || first.kind == TokenKind::kExperimentalAggregator) {
    const bool applied = next == TokenKind::kLeftParenthesis || next == TokenKind::kBy || next == TokenKind::kWithout;
    return applied ? aggregation(first) : vector_selector(first);
  }
  if (may_name_function(first) && next == TokenKind::kLeftParenthesis) return call(first);
  return vector_selector(first);
}

Parsed<ExpressionPtr> ExpressionParser::parenthesis(const Token& open) {
  ExpressionPtr inner = SONDE_TRY(binary_expression(kWeakest));
  const Token close = SONDE_TRY(expect(TokenKind::kRightParenthesis));
  const ValueType type = inner->type;
  const std::size_t height = inner->height;
  return make(Parenthesis{std::move(inner)}, Span{open.span.begin, close.span.end}, type, height);
}

Parsed<ExpressionPtr> ExpressionParser::number(const Token& token) {
  if (token.kind == TokenKind::kNumber) {
    auto value = parse_number(token.text);
    if (!value) return Fault{token.span.begin, std::move(value).error()};
    return make(NumberLiteral{*value, false}, token.span, ValueType::kScalar, 0);
  }
  auto nanoseconds = parse_duration_literal(token.text);
  if (!nanoseconds) return Fault{token.span.begin, std::move(nanoseconds).error()};
  // Whole seconds and the rest, as Go's Duration.Seconds() adds them up: 0.1 rather than 0.1 and an ulp.
  constexpr std::int64_t kPerSecond = 1'000'000'000;
  const double seconds = static_cast<double>(*nanoseconds / kPerSecond) +
                         static_cast<double>(*nanoseconds % kPerSecond) / static_cast<double>(kPerSecond);
  return make(NumberLiteral{seconds, true}, token.span, ValueType::kScalar, 0);
}

Parsed<ExpressionPtr> ExpressionParser::call(const Token& name) {
  std::vector<ExpressionPtr> given = SONDE_TRY(arguments());
  const FunctionSpec* spec = find_function(name.text);
  if (spec == nullptr) {
    if (is_experimental_function(name.text))
      return Fault{name.span.begin, "function " + quote(name.text) + " is not enabled"};
    return Fault{name.span.begin, "unknown function with name " + quote(name.text)};
  }
  const std::size_t height = tallest(given);
  return make(Call{spec->function, std::move(given)}, Span{name.span.begin, last_end_}, spec->returns, height);
}

Parsed<std::vector<ExpressionPtr>> ExpressionParser::arguments() {
  SONDE_TRY(expect(TokenKind::kLeftParenthesis));
  std::vector<ExpressionPtr> given;
  if (SONDE_TRY(take_if(TokenKind::kRightParenthesis))) return given;
  given.push_back(SONDE_TRY(binary_expression(kWeakest)));
  while (SONDE_TRY(at(TokenKind::kComma))) {
    const Token comma = SONDE_TRY(take());
    if (!begins_expression(SONDE_TRY(peek()))) {
      return Fault{comma.span.begin, "trailing commas not allowed in function call args"};
    }
    given.push_back(SONDE_TRY(binary_expression(kWeakest)));
  }
  SONDE_TRY(expect(TokenKind::kRightParenthesis));
  return given;
}

Parsed<ExpressionPtr> ExpressionParser::aggregation(const Token& op) {
  const Place outer = place_;
  const Within within(*this, {"aggregation", ""});
  Aggregation node;
  node.op = op.aggregator;
  const bool modified = SONDE_TRY(aggregation_modifier(node));
  std::vector<ExpressionPtr> given = SONDE_TRY(arguments());
  if (!modified) {
    const Within behind(*this, outer);
    SONDE_TRY(aggregation_modifier(node));
  }
  return finish_aggregation(op, std::move(node), std::move(given));
}

Parsed<bool> ExpressionParser::aggregation_modifier(Aggregation& node) {
  node.without = SONDE_TRY(at(TokenKind::kWithout));
  if (!node.without && !SONDE_TRY(at(TokenKind::kBy))) return false;
  SONDE_TRY(take());
  node.grouping = SONDE_TRY(label_names());
  return true;
}

Parsed<ExpressionPtr> ExpressionParser::finish_aggregation(const Token& op, Aggregation node,
                                                           std::vector<ExpressionPtr> given) {
  if (given.empty()) return Fault{op.span.begin, "no arguments for aggregate expression provided"};
  if (op.kind == TokenKind::kExperimentalAggregator) {
    return Fault{op.span.begin, std::string(find_keyword(op.text)->word) +
                                    "() is experimental and must be enabled with "
                                    "--enable-feature=promql-experimental-functions"};
  }
  const std::size_t wanted = takes_parameter(node.op) ? 2 : 1;
  if (given.size() != wanted) {
    return Fault{op.span.begin, "wrong number of arguments for aggregate expression provided, expected " +
                                    std::to_string(wanted) + ", got " + std::to_string(given.size())};
  }
  const std::size_t height = tallest(given);
  node.inner = std::move(given.back());
  if (wanted == 2) node.parameter = std::move(given.front());
  return make(std::move(node), Span{op.span.begin, last_end_}, ValueType::kVector, height);
}

Parsed<std::vector<std::string>> ExpressionParser::label_names() {
  const Within opening(*this, {"grouping opts", "\"(\""});
  SONDE_TRY(expect(TokenKind::kLeftParenthesis));
  std::vector<std::string> names;
  while (!SONDE_TRY(at(TokenKind::kRightParenthesis))) {
    names.push_back(SONDE_TRY(label_name()));
    const Within list(*this, {"grouping opts", "\",\" or \")\""});
    if (SONDE_TRY(at(TokenKind::kRightParenthesis))) break;
    SONDE_TRY(expect(TokenKind::kComma));
  }
  SONDE_TRY(take());
  return names;
}

Parsed<std::string> ExpressionParser::label_name() {
  const Within within(*this, {"grouping opts", "label"});
  const Token token = SONDE_TRY(peek());
  if (token.kind != TokenKind::kString && !may_name_label(token)) return unexpected(token);
  SONDE_TRY(take());
  std::string name = token.kind == TokenKind::kString ? unquote(token.text) : std::string(token.text);
  if (name.empty() || !is_valid_utf8(name)) {
    return Fault{token.span.begin, "invalid label name for grouping: " + quote(name)};
  }
  return name;
}

}  // namespace sonde::promql
