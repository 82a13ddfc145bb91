#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>

#include "base/go_number.h"
#include "promql/expression_parser.h"
#include "promql/literals.h"
#include "promql/matcher_pattern.h"

namespace sonde::promql {
namespace {

constexpr std::string_view kRangeRule = "subquery or range selector";
constexpr std::string_view kDurationWords = "number, duration, step(), or range()";

/// The largest number of seconds that Go's Duration holds.
constexpr double kMaxDurationSeconds = 9223372036.854775807;

constexpr std::string_view kNoDurationExpressions = "experimental duration expression is not enabled";

/// As Go rounds to nanoseconds and Prometheus then to milliseconds.
std::int64_t to_ms(double seconds) { return static_cast<std::int64_t>(std::round(seconds * 1e9) / 1e6); }

std::int64_t seconds_to_ms(double seconds) {
  const double milliseconds = std::round(seconds * 1000);
  constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
  if (milliseconds >= static_cast<double>(kMax)) return kMax;
  if (milliseconds <= -static_cast<double>(kMax)) return -kMax;
  return static_cast<std::int64_t>(milliseconds);
}

bool is_timestamp(double seconds) { return std::abs(seconds) < 9223372036854775808.0; }

/// Go's %f.
std::string six_decimals(double value) {
  if (!std::isfinite(value)) return format_number(value);
  std::array<char, std::numeric_limits<double>::max_exponent10 + 16> text;
  std::snprintf(text.data(), text.size(), "%f", value);
  return text.data();
}

/// Where an expression keeps its `offset` and `@`; null if it cannot have any.
TimeShift* shift_of(Expression& expression) {
  if (auto* vector = std::get_if<VectorSelector>(&expression.node)) return &vector->shift;
  if (auto* matrix = std::get_if<MatrixSelector>(&expression.node)) return &matrix->selector.shift;
  if (auto* subquery = std::get_if<Subquery>(&expression.node)) return &subquery->shift;
  return nullptr;
}

bool is_duration_arithmetic(const Token& token) {
  return token.kind == TokenKind::kOperator && token.op <= BinaryOperator::kPower;
}

}  // namespace

Parsed<ExpressionPtr> ExpressionParser::vector_selector(const Token& first) {
  VectorSelector selector;
  std::size_t end = first.span.end;
  if (first.kind == TokenKind::kLeftBrace) {
    end = SONDE_TRY(matchers(selector));
  } else {
    selector.name = first.text;
    if (SONDE_TRY(take_if(TokenKind::kLeftBrace))) end = SONDE_TRY(matchers(selector));
    selector.matchers.push_back({std::string(store::kNameLabel), store::MatchOperator::kEqual, selector.name});
  }
  return make(std::move(selector), Span{first.span.begin, end}, ValueType::kVector, 0);
}

/// Up to and with the closing brace, whose end it gives.
Parsed<std::size_t> ExpressionParser::matchers(VectorSelector& selector) {
  while (!SONDE_TRY(at(TokenKind::kRightBrace))) {
    selector.matchers.push_back(SONDE_TRY(matcher()));
    const Within list(*this, {"label matching", "\",\" or \"}\""});
    if (SONDE_TRY(at(TokenKind::kRightBrace))) break;
    SONDE_TRY(expect(TokenKind::kComma));
  }
  return SONDE_TRY(take()).span.end;
}

Parsed<store::Matcher> ExpressionParser::matcher() {
  const Within within(*this, {"label matching", "identifier or \"}\""});
  const Token label = SONDE_TRY(peek());
  if (label.kind != TokenKind::kIdentifier && label.kind != TokenKind::kString) return unexpected(label);
  SONDE_TRY(take());
  if (label.kind == TokenKind::kString) return finish_matcher(label, unquote(label.text));
  return finish_matcher(label, std::string(label.text));
}

Parsed<store::Matcher> ExpressionParser::finish_matcher(const Token& label, std::string name) {
  const Within behind_name(*this, {"label matching", "label matching operator"});
  const Token op = SONDE_TRY(peek());
  store::Matcher matcher{std::move(name), store::MatchOperator::kEqual, {}};
  if (op.kind == TokenKind::kEqualRegex) {
    matcher.op = store::MatchOperator::kRegex;
  } else if (op.kind == TokenKind::kNotRegex) {
    matcher.op = store::MatchOperator::kNotRegex;
  } else if (op.kind == TokenKind::kOperator && op.op == BinaryOperator::kNotEqual) {
    matcher.op = store::MatchOperator::kNotEqual;
  } else if (op.kind != TokenKind::kAssign) {
    if (label.kind != TokenKind::kString) return unexpected(op);
    // A quoted string by itself is the metric's name.
    return store::Matcher{std::string(store::kNameLabel), store::MatchOperator::kEqual, std::move(matcher.name)};
  }
  SONDE_TRY(take());
  const Within behind_operator(*this, {"label matching", "string"});
  matcher.value = unquote(SONDE_TRY(expect(TokenKind::kString)).text);
  auto pattern = check_pattern(matcher);
  if (!pattern) return Fault{label.span.begin, std::move(pattern).error()};
  return matcher;
}

Parsed<ExpressionPtr> ExpressionParser::with_modifiers(ExpressionPtr expression) {
  while (true) {
    const TokenKind next = SONDE_TRY(peek()).kind;
    if (next == TokenKind::kLeftBracket) {
      expression = SONDE_TRY(range_or_subquery(std::move(expression)));
    } else if (next == TokenKind::kOffset) {
      SONDE_TRY(offset(*expression));
    } else if (next == TokenKind::kAt) {
      SONDE_TRY(at_modifier(*expression));
    } else {
      return expression;
    }
  }
}

Parsed<ExpressionPtr> ExpressionParser::range_or_subquery(ExpressionPtr expression) {
  const Token open = SONDE_TRY(take());
  const Within opened(*this, {kRangeRule, kDurationWords});
  const std::int64_t range_ms = SONDE_TRY(positive_duration_ms());
  const Within behind_range(*this, {"subquery or range", "\":\" or \"]\""});
  if (!SONDE_TRY(take_if(TokenKind::kColon))) return matrix_selector(std::move(expression), open, range_ms);

  const Within behind_colon(*this, {"subquery selector", "number, duration, step(), range(), or \"]\""});
  std::int64_t step_ms = 0;
  if (!SONDE_TRY(at(TokenKind::kRightBracket))) step_ms = SONDE_TRY(positive_duration_ms());
  const Within behind_step(*this, {"subquery selector", "\"]\""});
  const Token close = SONDE_TRY(expect(TokenKind::kRightBracket));
  const Span span{expression->span.begin, close.span.end};
  const std::size_t height = expression->height;
  return make(Subquery{std::move(expression), range_ms, step_ms, {}}, span, ValueType::kMatrix, height);
}

Parsed<ExpressionPtr> ExpressionParser::matrix_selector(ExpressionPtr expression, const Token& open,
                                                        std::int64_t range_ms) {
  const Token close = SONDE_TRY(expect(TokenKind::kRightBracket));
  auto* selector = std::get_if<VectorSelector>(&expression->node);
  if (selector == nullptr) return Fault{open.span.begin, "ranges only allowed for vector selectors"};
  if (selector->shift.offset_ms != 0) return Fault{open.span.begin, "no offset modifiers allowed before range"};
  if (selector->shift.at != AtKind::kNone) return Fault{open.span.begin, "no @ modifiers allowed before range"};
  const Span span{expression->span.begin, close.span.end};
  return make(MatrixSelector{std::move(*selector), range_ms}, span, ValueType::kMatrix, 0);
}

Parsed<> ExpressionParser::offset(Expression& expression) {
  SONDE_TRY(take());
  const Within within(*this, {"offset", kDurationWords});
  // A number ends it: `foo offset 2 ^ 2` is (foo offset 2) ^ 2.
  ExpressionPtr length = SONDE_TRY(duration_operand());
  const double seconds = std::get<NumberLiteral>(length->node).value;
  TimeShift* shift = shift_of(expression);
  if (shift == nullptr) {
    return Fault{
        expression.span.begin,
        "offset modifier must be preceded by an instant vector selector or range vector selector or a subquery"};
  }
  if (shift->offset_ms != 0) return Fault{expression.span.begin, "offset may not be set multiple times"};
  shift->offset_ms = to_ms(seconds);
  expression.span.end = last_end_;
  return Ok{};
}

Parsed<> ExpressionParser::at_modifier(Expression& expression) {
  SONDE_TRY(take());
  const Within within(*this, {"@", "timestamp"});
  const Token word = SONDE_TRY(peek());
  AtKind kind = AtKind::kTimestamp;
  double seconds = 0;
  if (word.kind == TokenKind::kStart || word.kind == TokenKind::kEndKeyword) {
    kind = word.kind == TokenKind::kStart ? AtKind::kStart : AtKind::kEnd;
    SONDE_TRY(take());
    SONDE_TRY(expect(TokenKind::kLeftParenthesis));
    SONDE_TRY(expect(TokenKind::kRightParenthesis));
  } else {
    seconds = SONDE_TRY(signed_number());
  }
  if (!is_timestamp(seconds)) {
    return Fault{expression.span.begin, "timestamp out of bounds for @ modifier: " + six_decimals(seconds)};
  }
  TimeShift* shift = shift_of(expression);
  if (shift == nullptr) {
    return Fault{expression.span.begin,
                 "@ modifier must be preceded by an instant vector selector or range vector selector or a subquery"};
  }
  if (shift->at != AtKind::kNone) return Fault{expression.span.begin, "@ <timestamp> may not be set multiple times"};
  shift->at = kind;
  shift->at_ms = seconds_to_ms(seconds);
  expression.span.end = last_end_;
  return Ok{};
}

Parsed<double> ExpressionParser::signed_number() {
  const Token sign = SONDE_TRY(peek());
  const bool negative = sign.kind == TokenKind::kOperator && sign.op == BinaryOperator::kSubtract;
  const bool positive = sign.kind == TokenKind::kOperator && sign.op == BinaryOperator::kAdd;
  if (negative || positive) SONDE_TRY(take());
  const Token word = SONDE_TRY(peek());
  if (word.kind != TokenKind::kNumber && word.kind != TokenKind::kDuration) return unexpected(word);
  SONDE_TRY(take());
  const ExpressionPtr literal = SONDE_TRY(number(word));
  const double value = std::get<NumberLiteral>(literal->node).value;
  return negative ? -value : value;
}

Parsed<std::int64_t> ExpressionParser::positive_duration_ms() {
  const ExpressionPtr length = SONDE_TRY(duration());
  const double seconds = std::get<NumberLiteral>(length->node).value;
  if (!(seconds > 0)) return Fault{length->span.begin, "duration must be greater than 0"};
  // Prometheus keeps nanoseconds; here a range shorter than a sample's resolution is that resolution.
  return std::max<std::int64_t>(to_ms(seconds), 1);
}

/// Numbers only: sums of durations and step() are what Prometheus hides behind a feature flag.
Parsed<ExpressionPtr> ExpressionParser::duration() {
  ExpressionPtr left = SONDE_TRY(duration_operand());
  if (is_duration_arithmetic(SONDE_TRY(peek()))) return Fault{left->span.begin, std::string(kNoDurationExpressions)};
  return left;
}

Parsed<ExpressionPtr> ExpressionParser::duration_operand() {
  const Deeper deeper(*this);
  const Token first = SONDE_TRY(peek());
  if (depth_ > max_depth_) {
    return Fault{first.span.begin, "expression nests deeper than " + std::to_string(max_depth_) + " levels"};
  }
  const bool sign =
      first.kind == TokenKind::kOperator && (first.op == BinaryOperator::kAdd || first.op == BinaryOperator::kSubtract);
  const bool is_number = first.kind == TokenKind::kNumber || first.kind == TokenKind::kDuration;
  if (!sign && !is_number && first.kind != TokenKind::kLeftParenthesis && first.kind != TokenKind::kDurationFunction) {
    return unexpected(first);
  }
  SONDE_TRY(take());
  if (first.kind == TokenKind::kLeftParenthesis) {
    return Fault{SONDE_TRY(duration())->span.begin, std::string(kNoDurationExpressions)};
  }
  if (first.kind == TokenKind::kDurationFunction) {
    SONDE_TRY(expect(TokenKind::kLeftParenthesis));
    return Fault{first.span.begin, std::string(kNoDurationExpressions)};
  }
  ExpressionPtr literal = SONDE_TRY(sign ? duration_operand() : number(first));
  auto& node = std::get<NumberLiteral>(literal->node);
  if (sign && first.op == BinaryOperator::kSubtract) node.value = -node.value;
  if (!(std::abs(node.value) <= kMaxDurationSeconds)) return Fault{first.span.begin, "duration out of range"};
  literal->span.begin = first.span.begin;
  return literal;
}

}  // namespace sonde::promql
