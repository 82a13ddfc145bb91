#include "promql/token.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "promql/rune.h"

namespace sonde::promql {
namespace {

constexpr Keyword word_operator(std::string_view word, BinaryOperator op) { return {word, TokenKind::kOperator, op}; }

constexpr Keyword aggregator_word(std::string_view word, Aggregator aggregator) {
  return {word, TokenKind::kAggregator, BinaryOperator::kAdd, aggregator};
}

constexpr std::array kKeywords{
    word_operator("and", BinaryOperator::kAnd),
    word_operator("or", BinaryOperator::kOr),
    word_operator("unless", BinaryOperator::kUnless),
    word_operator("atan2", BinaryOperator::kAtan2),
    aggregator_word("sum", Aggregator::kSum),
    aggregator_word("avg", Aggregator::kAvg),
    aggregator_word("count", Aggregator::kCount),
    aggregator_word("min", Aggregator::kMin),
    aggregator_word("max", Aggregator::kMax),
    aggregator_word("group", Aggregator::kGroup),
    aggregator_word("stddev", Aggregator::kStddev),
    aggregator_word("stdvar", Aggregator::kStdvar),
    aggregator_word("topk", Aggregator::kTopk),
    aggregator_word("bottomk", Aggregator::kBottomk),
    aggregator_word("count_values", Aggregator::kCountValues),
    aggregator_word("quantile", Aggregator::kQuantile),
    Keyword{"limitk", TokenKind::kExperimentalAggregator},
    Keyword{"limit_ratio", TokenKind::kExperimentalAggregator},
    Keyword{"offset", TokenKind::kOffset},
    Keyword{"by", TokenKind::kBy},
    Keyword{"without", TokenKind::kWithout},
    Keyword{"on", TokenKind::kOn},
    Keyword{"ignoring", TokenKind::kIgnoring},
    Keyword{"group_left", TokenKind::kGroupLeft},
    Keyword{"group_right", TokenKind::kGroupRight},
    Keyword{"bool", TokenKind::kBool},
    Keyword{"start", TokenKind::kStart},
    Keyword{"end", TokenKind::kEndKeyword},
    Keyword{"step", TokenKind::kDurationFunction},
    Keyword{"range", TokenKind::kDurationFunction},
    Keyword{"max_of", TokenKind::kDurationFunction},
    Keyword{"min_of", TokenKind::kDurationFunction},
    Keyword{"inf", TokenKind::kNumber},
    Keyword{"nan", TokenKind::kNumber},
};

constexpr std::array kMetricNames{
    TokenKind::kIdentifier, TokenKind::kMetricIdentifier, TokenKind::kAggregator, TokenKind::kExperimentalAggregator,
    TokenKind::kBy,         TokenKind::kOffset,           TokenKind::kWithout,    TokenKind::kStart,
    TokenKind::kEndKeyword, TokenKind::kDurationFunction,
};

constexpr std::array kOnlyLabelNames{
    TokenKind::kBool, TokenKind::kGroupLeft, TokenKind::kGroupRight, TokenKind::kIgnoring, TokenKind::kOn,
};

bool equal_ignoring_case(std::string_view word, std::string_view lower) {
  return std::ranges::equal(word, lower, {}, [](char c) { return std::tolower(static_cast<unsigned char>(c)); });
}

/// Go's %.10q: of the first ten characters.
std::string quote_beginning(std::string_view text) {
  if (text.size() <= 10) return quote(text);
  std::size_t bytes = 0;
  for (int characters = 0; characters < 10 && bytes < text.size(); ++characters) {
    bytes += decode_rune(text.substr(bytes)).bytes;
  }
  return quote(text.substr(0, bytes)) + "...";
}

}  // namespace

const Keyword* find_keyword(std::string_view word) {
  const auto found =
      std::ranges::find_if(kKeywords, [word](const Keyword& k) { return equal_ignoring_case(word, k.word); });
  return found == kKeywords.end() ? nullptr : &*found;
}

std::string describe(const Token& token) {
  switch (token.kind) {
    case TokenKind::kEnd:
      return "end of input";
    case TokenKind::kIdentifier:
      return "identifier " + quote(token.text);
    case TokenKind::kMetricIdentifier:
      return "metric identifier " + quote(token.text);
    case TokenKind::kString:
      return "string " + quote_beginning(token.text);
    case TokenKind::kNumber:
      return "number " + quote_beginning(token.text);
    case TokenKind::kDuration:
      return "duration " + quote_beginning(token.text);
    case TokenKind::kEqualRegex:
    case TokenKind::kNotRegex:
    case TokenKind::kAt:
    case TokenKind::kOperator:
      return "<op:" + std::string(token.text) + ">";
    case TokenKind::kAggregator:
    case TokenKind::kExperimentalAggregator:
      return "<aggr:" + std::string(token.text) + ">";
    case TokenKind::kBool:
    case TokenKind::kBy:
    case TokenKind::kGroupLeft:
    case TokenKind::kGroupRight:
    case TokenKind::kIgnoring:
    case TokenKind::kOffset:
    case TokenKind::kOn:
    case TokenKind::kWithout:
      return "<" + std::string(token.text) + ">";
    case TokenKind::kLeftParenthesis:
    case TokenKind::kRightParenthesis:
    case TokenKind::kLeftBrace:
    case TokenKind::kRightBrace:
    case TokenKind::kLeftBracket:
    case TokenKind::kRightBracket:
    case TokenKind::kComma:
    case TokenKind::kColon:
    case TokenKind::kAssign:
    case TokenKind::kStart:
    case TokenKind::kEndKeyword:
    case TokenKind::kDurationFunction:
      return quote_beginning(token.text);
  }
  return {};
}

bool may_name_metric(const Token& token) {
  if (token.kind == TokenKind::kOperator) return is_set_operator(token.op);
  return std::ranges::find(kMetricNames, token.kind) != kMetricNames.end();
}

bool may_name_label(const Token& token) {
  if (token.kind == TokenKind::kOperator) return is_set_operator(token.op) || token.op == BinaryOperator::kAtan2;
  if (token.kind == TokenKind::kWithout) return false;
  return may_name_metric(token) || std::ranges::find(kOnlyLabelNames, token.kind) != kOnlyLabelNames.end();
}

std::string_view spelling(BinaryOperator op) {
  switch (op) {
    case BinaryOperator::kAdd:
      return "+";
    case BinaryOperator::kSubtract:
      return "-";
    case BinaryOperator::kMultiply:
      return "*";
    case BinaryOperator::kDivide:
      return "/";
    case BinaryOperator::kModulo:
      return "%";
    case BinaryOperator::kPower:
      return "^";
    case BinaryOperator::kAtan2:
      return "atan2";
    case BinaryOperator::kEqual:
      return "==";
    case BinaryOperator::kNotEqual:
      return "!=";
    case BinaryOperator::kGreater:
      return ">";
    case BinaryOperator::kLess:
      return "<";
    case BinaryOperator::kGreaterEqual:
      return ">=";
    case BinaryOperator::kLessEqual:
      return "<=";
    case BinaryOperator::kAnd:
      return "and";
    case BinaryOperator::kOr:
      return "or";
    case BinaryOperator::kUnless:
      return "unless";
  }
  return {};
}

std::string_view spelling(Aggregator aggregator) {
  const auto found = std::ranges::find_if(kKeywords, [aggregator](const Keyword& keyword) {
    return keyword.kind == TokenKind::kAggregator && keyword.aggregator == aggregator;
  });
  return found->word;
}

bool is_comparison(BinaryOperator op) { return op >= BinaryOperator::kEqual && op <= BinaryOperator::kLessEqual; }

bool is_set_operator(BinaryOperator op) { return op >= BinaryOperator::kAnd; }

bool takes_parameter(Aggregator aggregator) {
  return aggregator == Aggregator::kTopk || aggregator == Aggregator::kBottomk ||
         aggregator == Aggregator::kCountValues || aggregator == Aggregator::kQuantile;
}

}  // namespace sonde::promql
