#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "promql/fault.h"
#include "promql/rune.h"
#include "promql/token.h"

namespace sonde::promql {

/// Cuts an expression into words, one at a time and leaving comments out (promql/parser/lex.go). What may follow
/// depends on the brackets that are open, as there.
/// owner: the text must outlive it and its tokens.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  /// The next word; kEnd again and again at the end.
  Expected<Token, Fault> next();

 private:
  [[nodiscard]] Rune rune() const { return decode_rune(text_.substr(position_)); }
  [[nodiscard]] char peek() const { return position_ < text_.size() ? text_[position_] : '\0'; }
  [[nodiscard]] bool is_at_end() const { return position_ == text_.size(); }
  [[nodiscard]] bool is(std::string_view valid) const;
  bool accept(std::string_view valid);
  void accept_run(std::string_view valid);
  char32_t take_rune();

  [[nodiscard]] Token emit(TokenKind kind);
  [[nodiscard]] Token emit_operator(BinaryOperator op);
  [[nodiscard]] Token emit(const Keyword& keyword);
  [[nodiscard]] Fault fault(std::string what) const { return {start_, std::move(what)}; }

  void skip_spaces();
  void skip_spaces_and_comments();
  Expected<Token, Fault> next_in_statement();
  Expected<Token, Fault> next_in_braces();
  Expected<Token, Fault> next_in_duration();
  Expected<Token, Fault> end_of_statement();
  Expected<Token, Fault> comparison_or_assignment(char first);
  Expected<Token, Fault> colon_or_duration_function(char first);
  Expected<Token, Fault> close_parenthesis();
  Expected<Token, Fault> open_bracket();
  Expected<Token, Fault> close_bracket();
  Expected<Token, Fault> duration_colon();
  Token keyword_or_identifier();
  bool accept_duration_function();
  Expected<Token, Fault> number_or_duration();
  bool scan_number();
  bool scan_number_tail(std::string_view digits);
  bool scan_remaining_duration();
  Expected<Token, Fault> string(char32_t quote);
  Expected<Token, Fault> raw_string();
  Expected<Ok, Fault> escape(char32_t quote);
  Expected<Ok, Fault> escape_digits(int count, std::uint32_t base, std::uint32_t max);

  std::string_view text_;
  std::size_t position_ = 0;
  std::size_t start_ = 0;  ///< of the word being read
  int parenthesis_depth_ = 0;
  bool brace_open_ = false;
  bool bracket_open_ = false;
  bool expects_duration_ = false;  ///< behind `[`, until a number
  bool had_colon_ = false;         ///< since `[`
  bool had_duration_ = false;
};

}  // namespace sonde::promql
