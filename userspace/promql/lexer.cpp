#include "promql/lexer.h"

#include <cctype>

namespace sonde::promql {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alpha(char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// With which step, range, max_of and min_of begin.
bool begins_duration_function(char c) { return std::string_view("srmSRM").find(c) != std::string_view::npos; }

}  // namespace

bool Lexer::is(std::string_view valid) const {
  return !is_at_end() && valid.find(text_[position_]) != std::string_view::npos;
}

bool Lexer::accept(std::string_view valid) {
  const bool accepted = is(valid);
  if (accepted) ++position_;
  return accepted;
}

void Lexer::accept_run(std::string_view valid) {
  while (accept(valid)) {
  }
}

char32_t Lexer::take_rune() {
  const Rune taken = rune();
  position_ += taken.bytes;
  return taken.value;
}

Token Lexer::emit(TokenKind kind) {
  Token token;
  token.kind = kind;
  token.span = {start_, position_};
  token.text = text_.substr(start_, position_ - start_);
  start_ = position_;
  return token;
}

Token Lexer::emit_operator(BinaryOperator op) {
  Token token = emit(TokenKind::kOperator);
  token.op = op;
  return token;
}

Token Lexer::emit(const Keyword& keyword) {
  Token token = emit(keyword.kind);
  token.op = keyword.op;
  token.aggregator = keyword.aggregator;
  return token;
}

void Lexer::skip_spaces() {
  while (!is_at_end() && is_space(peek())) ++position_;
}

void Lexer::skip_spaces_and_comments() {
  skip_spaces();
  while (!expects_duration_ && peek() == '#') {
    position_ = std::min(text_.find_first_of("\r\n", position_), text_.size());
    skip_spaces();
  }
}

Expected<Token, Fault> Lexer::next() {
  skip_spaces_and_comments();
  start_ = position_;
  if (expects_duration_) return next_in_duration();
  return brace_open_ ? next_in_braces() : next_in_statement();
}

Expected<Token, Fault> Lexer::end_of_statement() {
  if (parenthesis_depth_ != 0) return fault("unclosed left parenthesis");
  if (bracket_open_) return fault("unclosed left bracket");
  return emit(TokenKind::kEnd);
}

Expected<Token, Fault> Lexer::next_in_statement() {
  if (is_at_end()) return end_of_statement();
  const char first = peek();
  if (is_digit(first)) return number_or_duration();
  if (is_alpha(first) || first == ':') {
    if (bracket_open_) return colon_or_duration_function(first);
    return keyword_or_identifier();
  }
  const char32_t taken = take_rune();
  switch (taken) {
    case ',':
      return emit(TokenKind::kComma);
    case '*':
      return emit_operator(BinaryOperator::kMultiply);
    case '/':
      return emit_operator(BinaryOperator::kDivide);
    case '%':
      return emit_operator(BinaryOperator::kModulo);
    case '+':
      return emit_operator(BinaryOperator::kAdd);
    case '-':
      return emit_operator(BinaryOperator::kSubtract);
    case '^':
      return emit_operator(BinaryOperator::kPower);
    case '@':
      return emit(TokenKind::kAt);
    case '=':
    case '!':
    case '<':
    case '>':
      return comparison_or_assignment(first);
    case '"':
    case '\'':
      return string(taken);
    case '`':
      return raw_string();
    case '(':
      ++parenthesis_depth_;
      return emit(TokenKind::kLeftParenthesis);
    case ')':
      return close_parenthesis();
    case '{':
      brace_open_ = true;
      return emit(TokenKind::kLeftBrace);
    case '[':
      return open_bracket();
    case ']':
      return close_bracket();
    case '.':
      if (is_digit(peek())) {
        position_ = start_;
        return number_or_duration();
      }
      break;
    default:
      break;
  }
  return fault("unexpected character: " + quote_rune(taken));
}

Expected<Token, Fault> Lexer::comparison_or_assignment(char first) {
  if (first == '=') {
    if (accept("=")) return emit_operator(BinaryOperator::kEqual);
    if (peek() == '~') return fault("unexpected character after '=': '~'");
    return emit(TokenKind::kAssign);
  }
  if (first == '!') {
    const char32_t second = take_rune();
    if (second != '=') return fault("unexpected character after '!': " + quote_rune(second));
    return emit_operator(BinaryOperator::kNotEqual);
  }
  if (first == '<') return emit_operator(accept("=") ? BinaryOperator::kLessEqual : BinaryOperator::kLess);
  return emit_operator(accept("=") ? BinaryOperator::kGreaterEqual : BinaryOperator::kGreater);
}

Expected<Token, Fault> Lexer::close_parenthesis() {
  const Token token = emit(TokenKind::kRightParenthesis);
  if (--parenthesis_depth_ < 0) return fault("unexpected right parenthesis ')'");
  return token;
}

Expected<Token, Fault> Lexer::open_bracket() {
  if (bracket_open_) return fault("unexpected left bracket '['");
  had_colon_ = false;
  bracket_open_ = true;
  expects_duration_ = true;
  return emit(TokenKind::kLeftBracket);
}

Expected<Token, Fault> Lexer::close_bracket() {
  if (!bracket_open_) return fault("unexpected right bracket ']'");
  bracket_open_ = false;
  expects_duration_ = false;
  return emit(TokenKind::kRightBracket);
}

Expected<Token, Fault> Lexer::colon_or_duration_function(char first) {
  if (first == ':') {
    ++position_;
    if (had_colon_) return fault("unexpected colon ':'");
    had_colon_ = true;
    return emit(TokenKind::kColon);
  }
  if (begins_duration_function(first) && accept_duration_function()) return emit(TokenKind::kDurationFunction);
  return fault("unexpected character: " + quote_rune(static_cast<char32_t>(first)) + ", expected ':'");
}

/// Between `[` and the first number there is no room for names.
Expected<Token, Fault> Lexer::next_in_duration() {
  if (is_at_end()) return fault("unexpected end of input in duration expression");
  const char first = peek();
  if (begins_duration_function(first)) {
    if (accept_duration_function()) return emit(TokenKind::kDurationFunction);
    return fault("unexpected character in duration expression: " + quote_rune(static_cast<char32_t>(first)));
  }
  const bool is_number =
      is_digit(first) || (first == '.' && position_ + 1 < text_.size() && is_digit(text_[position_ + 1]));
  if (is_number) {
    had_duration_ = true;
    expects_duration_ = false;
    return number_or_duration();
  }
  if (first == ':') return duration_colon();
  if (is("](),+-*/%^")) return next_in_statement();
  return fault("unexpected character in duration expression: " + quote_rune(take_rune()));
}

Expected<Token, Fault> Lexer::duration_colon() {
  ++position_;
  const Token token = emit(TokenKind::kColon);
  if (!had_duration_) return fault("unexpected colon before duration in duration expression");
  if (had_colon_) return fault("unexpected repeated colon in duration expression");
  had_colon_ = true;
  return token;
}

Expected<Token, Fault> Lexer::next_in_braces() {
  if (is_at_end()) return fault("unexpected end of input inside braces");
  if (is_alpha(peek())) {
    while (!is_at_end() && (is_alpha(peek()) || is_digit(peek()))) ++position_;
    return emit(TokenKind::kIdentifier);
  }
  const char32_t taken = take_rune();
  switch (taken) {
    case ',':
      return emit(TokenKind::kComma);
    case '"':
    case '\'':
      return string(taken);
    case '`':
      return raw_string();
    case '=':
      return emit(accept("~") ? TokenKind::kEqualRegex : TokenKind::kAssign);
    case '!':
      break;
    case '{':
      return fault("unexpected left brace '{'");
    case '}':
      brace_open_ = false;
      return emit(TokenKind::kRightBrace);
    default:
      return fault("unexpected character inside braces: " + quote_rune(taken));
  }
  if (accept("~")) return emit(TokenKind::kNotRegex);
  if (accept("=")) return emit_operator(BinaryOperator::kNotEqual);
  return fault("unexpected character after '!' inside braces: " + quote_rune(take_rune()));
}

Token Lexer::keyword_or_identifier() {
  while (!is_at_end() && (is_alpha(peek()) || is_digit(peek()) || peek() == ':')) ++position_;
  const std::string_view word = text_.substr(start_, position_ - start_);
  if (const Keyword* keyword = find_keyword(word)) return emit(*keyword);
  return emit(word.find(':') == std::string_view::npos ? TokenKind::kIdentifier : TokenKind::kMetricIdentifier);
}

bool Lexer::accept_duration_function() {
  while (!is_at_end() && is_alpha(peek())) ++position_;
  const Keyword* keyword = find_keyword(text_.substr(start_, position_ - start_));
  return keyword != nullptr && keyword->kind == TokenKind::kDurationFunction;
}

}  // namespace sonde::promql
