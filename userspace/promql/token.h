#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "promql/ast.h"

namespace sonde::promql {

/// The kinds of words of PromQL (promql/parser/lex.go).
enum class TokenKind : std::uint8_t {
  kEnd,
  kIdentifier,
  kMetricIdentifier,  ///< has a colon
  kString,
  kNumber,
  kDuration,
  kLeftParenthesis,
  kRightParenthesis,
  kLeftBrace,
  kRightBrace,
  kLeftBracket,
  kRightBracket,
  kComma,
  kColon,
  kAssign,
  kEqualRegex,
  kNotRegex,
  kAt,
  kOperator,    ///< Token::op says which
  kAggregator,  ///< Token::aggregator says which
  kExperimentalAggregator,
  kBool,
  kBy,
  kGroupLeft,
  kGroupRight,
  kIgnoring,
  kOffset,
  kOn,
  kWithout,
  kStart,
  kEndKeyword,
  kDurationFunction  ///< step, range, max_of, min_of
};

/// One word.  shape: `text` is a piece of the expression, with a string's quotes.
struct Token {
  TokenKind kind = TokenKind::kEnd;
  Span span;
  std::string_view text;
  BinaryOperator op = BinaryOperator::kAdd;  ///< of kOperator
  Aggregator aggregator = Aggregator::kSum;  ///< of kAggregator
};

/// A word that means something by itself.
struct Keyword {
  std::string_view word;
  TokenKind kind = TokenKind::kIdentifier;
  BinaryOperator op = BinaryOperator::kAdd;
  Aggregator aggregator = Aggregator::kSum;
};

/// The keyword that is spelt so, in whatever case, or null.
const Keyword* find_keyword(std::string_view word);

/// `identifier "foo"`, `<op:+>`, `end of input`: how a fault calls it (Item.desc).
std::string describe(const Token& token);

/// True if a metric may be called so without quotes (metric_identifier in generated_parser.y).
bool may_name_metric(const Token& token);

/// True if a label may be called so in by(), on() and the like without quotes (maybe_label in generated_parser.y).
bool may_name_label(const Token& token);

/// `==`, `unless`.
std::string_view spelling(BinaryOperator op);

/// `count_values`.
std::string_view spelling(Aggregator aggregator);

bool is_comparison(BinaryOperator op);
bool is_set_operator(BinaryOperator op);
bool takes_parameter(Aggregator aggregator);

}  // namespace sonde::promql
