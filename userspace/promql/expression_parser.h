#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "promql/ast.h"
#include "promql/fault.h"
#include "promql/lexer.h"
#include "promql/token.h"

namespace sonde::promql {

template <class T = Ok>
using Parsed = Expected<T, Fault>;

/// Builds the tree of an expression by recursive descent, binary operators by precedence. It accepts what
/// promql/parser/generated_parser.y accepts and stops at the first fault that its generated parser would report.
/// owner: the text must outlive it.
class ExpressionParser {
 public:
  ExpressionParser(std::string_view text, std::size_t max_depth) : lexer_(text), max_depth_(max_depth) {}

  /// Everything up to the text's end.
  Parsed<ExpressionPtr> parse_expression();

  /// A vector selector without modifiers, up to the text's end.
  Parsed<ExpressionPtr> parse_selector();

 private:
  /// What a fault says it stands in: the nearest rule of the grammar, from the inside, that has an `error` alternative.
  struct Place {
    std::string_view rule;
    std::string_view expected;
  };

  /// While it lives, `place` is what unexpected() names.
  class Within {
   public:
    Within(ExpressionParser& parser, Place place) : parser_(parser), outer_(std::exchange(parser.place_, place)) {}
    ~Within() { parser_.place_ = outer_; }
    Within(const Within&) = delete;
    Within& operator=(const Within&) = delete;

   private:
    ExpressionParser& parser_;
    Place outer_;
  };

  /// Counts how deep the parser calls itself.
  class Deeper {
   public:
    explicit Deeper(ExpressionParser& parser) : parser_(parser) { ++parser_.depth_; }
    ~Deeper() { --parser_.depth_; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;

   private:
    ExpressionParser& parser_;
  };

  Parsed<Token> peek();
  Parsed<Token> take();
  Parsed<bool> at(TokenKind kind);
  Parsed<bool> take_if(TokenKind kind);
  Parsed<Token> expect(TokenKind kind);
  Fault unexpected(const Token& token) const;

  template <class Node>
  Parsed<ExpressionPtr> make(Node node, Span span, ValueType type, std::size_t height_below);

  Parsed<ExpressionPtr> binary_expression(int weakest);
  Parsed<Binary> binary_modifiers(const Token& op);
  Parsed<ExpressionPtr> unary_expression();
  Parsed<ExpressionPtr> primary_expression();
  Parsed<ExpressionPtr> parenthesis(const Token& open);
  Parsed<ExpressionPtr> number(const Token& token);
  Parsed<ExpressionPtr> call(const Token& name);
  Parsed<ExpressionPtr> aggregation(const Token& op);
  Parsed<ExpressionPtr> finish_aggregation(const Token& op, Aggregation node, std::vector<ExpressionPtr> arguments);
  Parsed<bool> aggregation_modifier(Aggregation& node);
  Parsed<std::vector<ExpressionPtr>> arguments();
  Parsed<std::vector<std::string>> label_names();
  Parsed<std::string> label_name();

  Parsed<ExpressionPtr> vector_selector(const Token& first);
  Parsed<std::size_t> matchers(VectorSelector& selector);
  Parsed<store::Matcher> matcher();
  Parsed<store::Matcher> finish_matcher(const Token& label, std::string name);

  Parsed<ExpressionPtr> with_modifiers(ExpressionPtr expression);
  Parsed<ExpressionPtr> range_or_subquery(ExpressionPtr expression);
  Parsed<ExpressionPtr> matrix_selector(ExpressionPtr expression, const Token& open, std::int64_t range_ms);
  Parsed<> offset(Expression& expression);
  Parsed<> at_modifier(Expression& expression);
  Parsed<double> signed_number();
  Parsed<std::int64_t> positive_duration_ms();
  Parsed<ExpressionPtr> duration();
  Parsed<ExpressionPtr> duration_operand();

  Lexer lexer_;
  std::size_t max_depth_;
  std::size_t depth_ = 0;
  std::optional<Token> ahead_;
  std::size_t last_end_ = 0;  ///< of the words taken
  Place place_;
};

template <class Node>
Parsed<ExpressionPtr> ExpressionParser::make(Node node, Span span, ValueType type, std::size_t height_below) {
  if (height_below >= max_depth_) {
    return Fault{span.begin, "expression nests deeper than " + std::to_string(max_depth_) + " levels"};
  }
  return std::make_unique<Expression>(Expression{std::move(node), span, type, height_below + 1});
}

}  // namespace sonde::promql
