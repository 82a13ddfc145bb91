#include "templates/pipeline_parser.h"

#include <algorithm>
#include <array>

#include "base/nearest_word.h"
#include "templates/literal.h"
#include "templates/rune.h"

namespace sonde::templates {
namespace {

bool ends_pipeline(TokenKind kind) { return kind == TokenKind::kClose || kind == TokenKind::kRightParen; }

bool is_operand(TokenKind kind) {
  switch (kind) {
    case TokenKind::kWord:
    case TokenKind::kField:
    case TokenKind::kVariable:
    case TokenKind::kDot:
    case TokenKind::kNumber:
    case TokenKind::kString:
    case TokenKind::kLeftParen:
      return true;
    case TokenKind::kText:
    case TokenKind::kOpen:
    case TokenKind::kClose:
    case TokenKind::kPipe:
    case TokenKind::kRightParen:
    case TokenKind::kDeclare:
    case TokenKind::kAssign:
    case TokenKind::kComma:
    case TokenKind::kEnd:
      return false;
  }
  return false;
}

bool is_keyword(std::string_view word) {
  constexpr std::array<std::string_view, 10> kKeywords{"if",     "else",  "end",      "range", "with",
                                                       "define", "block", "template", "break", "continue"};
  return std::find(kKeywords.begin(), kKeywords.end(), word) != kKeywords.end();
}

bool is_executable(const Operand& operand) {
  return operand.kind == OperandKind::kCall || !operand.fields.empty() || operand.kind == OperandKind::kVariable ||
         operand.kind == OperandKind::kPipeline;
}

Operand constant(const Token& token, Value value) {
  Operand operand;
  operand.kind = OperandKind::kConstant;
  operand.at = token.at;
  operand.text = token.text;
  operand.constant = std::move(value);
  return operand;
}

Expected<Operand, Fault> string_constant(const Token& token) {
  auto text = unquote(token.text);
  if (!text) return Fault{token.at, "the string " + std::string(token.text) + " has an escape that Go does not know"};
  return constant(token, make_text(*std::move(text)));
}

Expected<Operand, Fault> number_constant(const Token& token) {
  if (token.text.front() == '\'') {
    const auto rune = unquote_rune(token.text);
    if (!rune) return Fault{token.at, "malformed character constant: " + std::string(token.text)};
    return constant(token, Value{*rune});
  }
  std::string fault;
  auto value = parse_number(token.text, &fault);
  if (!value) return Fault{token.at, std::move(fault)};
  return constant(token, *std::move(value));
}

}  // namespace

std::string describe(const Token& token) {
  switch (token.kind) {
    case TokenKind::kText:
      return "text";
    case TokenKind::kEnd:
      return "end of the text";
    case TokenKind::kField:
      return quote("." + std::string(token.text), false);
    case TokenKind::kOpen:
    case TokenKind::kClose:
    case TokenKind::kWord:
    case TokenKind::kVariable:
    case TokenKind::kDot:
    case TokenKind::kNumber:
    case TokenKind::kString:
    case TokenKind::kPipe:
    case TokenKind::kLeftParen:
    case TokenKind::kRightParen:
    case TokenKind::kDeclare:
    case TokenKind::kAssign:
    case TokenKind::kComma:
      return quote(token.text, false);
  }
  return "";
}

const Token& PipelineParser::peek(std::size_t ahead) const {
  return tokens_[std::min(next_ + ahead, tokens_.size() - 1)];
}

Token PipelineParser::take() {
  const Token token = peek();
  next_ = std::min(next_ + 1, tokens_.size() - 1);
  return token;
}

Expected<Ok, Fault> PipelineParser::take_close(std::string_view noun) {
  const Token token = take();
  if (token.kind == TokenKind::kClose) return Ok{};
  return Fault{token.at, "unexpected " + describe(token) + " in " + std::string(noun) + "; expected }}"};
}

Expected<Ok, Fault> PipelineParser::enter(std::size_t at) {
  if (++depth_ <= kTemplateLimits.nesting) return Ok{};
  return Fault{at, "nested more than " + std::to_string(kTemplateLimits.nesting) + " deep; put a part into a variable"};
}

Expected<Pipeline, Fault> PipelineParser::pipeline(std::string_view noun, bool loops) {
  Pipeline made;
  made.at = peek().at;
  SONDE_TRY(variables(made, loops));
  while (!ends_pipeline(peek().kind)) {
    const std::size_t at = peek().at;
    made.commands.push_back(SONDE_TRY(command()));
    if (made.commands.size() > 1 && !is_executable(made.commands.back().operands.front())) {
      return Fault{at, "non executable command in pipeline stage " + std::to_string(made.commands.size()) +
                           ": behind | stands a function"};
    }
    if (peek().kind != TokenKind::kPipe) break;
    const Token pipe = take();
    if (ends_pipeline(peek().kind)) return Fault{pipe.at, "missing command behind |"};
  }
  if (made.commands.empty()) return Fault{peek().at, "missing value for " + std::string(noun)};
  if (!ends_pipeline(peek().kind)) {
    return Fault{peek().at, "unexpected " + describe(peek()) + " in " + std::string(noun)};
  }
  if (!made.assigns) variables_.insert(variables_.end(), made.variables.begin(), made.variables.end());
  return made;
}

Expected<Ok, Fault> PipelineParser::variables(Pipeline& pipeline, bool loops) {
  if (peek().kind != TokenKind::kVariable) return Ok{};
  std::vector<Token> names{peek()};
  const TokenKind behind = peek(1).kind;
  if (behind == TokenKind::kComma) {
    SONDE_TRY(second_variable(pipeline, names, loops));
  } else if (behind != TokenKind::kDeclare && behind != TokenKind::kAssign) {
    return Ok{};
  } else {
    take();
  }
  pipeline.assigns = take().kind == TokenKind::kAssign;
  for (const Token& name : names) {
    if (pipeline.assigns && !knows(name.text)) return unknown_variable(name);
    pipeline.variables.emplace_back(name.text);
  }
  return Ok{};
}

Expected<Ok, Fault> PipelineParser::second_variable(Pipeline& pipeline, std::vector<Token>& names, bool loops) {
  if (!loops) return Fault{pipeline.at, "too many declarations: only range gives two variables"};
  take();
  take();
  const Token name = take();
  if (name.kind != TokenKind::kVariable) return Fault{name.at, "range can only initialize variables"};
  names.push_back(name);
  const TokenKind behind = peek().kind;
  if (behind == TokenKind::kComma) return Fault{peek().at, "too many declarations in range: at most two"};
  if (behind == TokenKind::kDeclare || behind == TokenKind::kAssign) return Ok{};
  return Fault{peek().at, "unexpected " + describe(peek()) + " in range; expected := behind the variables"};
}

Expected<Command, Fault> PipelineParser::command() {
  Command made;
  while (is_operand(peek().kind)) {
    const bool separated = made.operands.empty() || peek().spaced;
    if (!separated) return Fault{peek().at, "unexpected " + describe(peek()) + " in operand; put a space before it"};
    made.operands.push_back(SONDE_TRY(operand()));
  }
  if (made.operands.empty()) return Fault{peek().at, "unexpected " + describe(peek()) + "; expected a value"};
  return made;
}

Expected<Operand, Fault> PipelineParser::operand() {
  const Token token = take();
  Operand made = SONDE_TRY(term(token));
  while (peek().kind == TokenKind::kField && !peek().spaced) {
    const bool has_fields = made.kind != OperandKind::kConstant && made.kind != OperandKind::kNil;
    const bool only_dot = token.kind == TokenKind::kDot;
    if (!has_fields || only_dot) return Fault{peek().at, "unexpected . after term " + describe(token)};
    made.text += "." + std::string(peek().text);
    made.fields.emplace_back(take().text);
  }
  if (peek().kind == TokenKind::kDot && !peek().spaced) return Fault{peek().at, "a field has a name behind its point"};
  return made;
}

Expected<Operand, Fault> PipelineParser::term(const Token& token) {
  Operand made;
  made.at = token.at;
  switch (token.kind) {
    case TokenKind::kWord:
      return word(token);
    case TokenKind::kVariable:
      return variable(token);
    case TokenKind::kNumber:
      return number_constant(token);
    case TokenKind::kString:
      return string_constant(token);
    case TokenKind::kLeftParen:
      return parenthesis(token);
    case TokenKind::kField:
      made.text = "." + std::string(token.text);
      made.fields.emplace_back(token.text);
      return made;
    case TokenKind::kDot:
      made.text = ".";
      return made;
    case TokenKind::kText:
    case TokenKind::kOpen:
    case TokenKind::kClose:
    case TokenKind::kPipe:
    case TokenKind::kRightParen:
    case TokenKind::kDeclare:
    case TokenKind::kAssign:
    case TokenKind::kComma:
    case TokenKind::kEnd:
      break;
  }
  return Fault{token.at, "unexpected " + describe(token)};
}

Expected<Operand, Fault> PipelineParser::word(const Token& token) {
  if (token.text == "true" || token.text == "false") return constant(token, Value{token.text == "true"});
  if (is_keyword(token.text)) {
    return Fault{token.at, "unexpected {{" + std::string(token.text) + "}} inside an action; it opens one"};
  }
  Operand made;
  made.at = token.at;
  made.text = token.text;
  made.kind = OperandKind::kNil;
  if (token.text == "nil") return made;
  made.kind = OperandKind::kCall;
  made.function = find_function(token.text);
  if (made.function != nullptr) return made;
  const std::string_view near = nearest_function(token.text);
  const std::string hint = near.empty() ? "a text stands in quotes, a label is written $labels." + made.text
                                        : "did you mean " + std::string(near) + "?";
  return Fault{token.at, "function " + quote(token.text, false) + " not defined; " + hint};
}

bool PipelineParser::knows(std::string_view variable) const {
  return std::find(variables_.rbegin(), variables_.rend(), variable) != variables_.rend();
}

Fault PipelineParser::unknown_variable(const Token& token) const {
  const std::string_view near = nearest_word(token.text, std::span<const std::string>(variables_));
  const bool is_near = near.size() > 1;
  return {token.at, "undefined variable " + quote(token.text, false) + "; " +
                        (is_near ? "did you mean " + std::string(near) + "?"
                                 : "declare it with {{ " + std::string(token.text) + " := ... }}")};
}

Expected<Operand, Fault> PipelineParser::variable(const Token& token) {
  if (!knows(token.text)) return unknown_variable(token);
  Operand made;
  made.kind = OperandKind::kVariable;
  made.at = token.at;
  made.text = token.text;
  return made;
}

Expected<Operand, Fault> PipelineParser::parenthesis(const Token& token) {
  SONDE_TRY(enter(token.at));
  Operand made;
  made.kind = OperandKind::kPipeline;
  made.at = token.at;
  made.text = "(...)";
  made.pipeline = std::make_unique<Pipeline>(SONDE_TRY(pipeline("parenthesized pipeline", false)));
  const Token close = take();
  if (close.kind != TokenKind::kRightParen) return Fault{token.at, "unclosed left paren: it needs a )"};
  leave();
  return made;
}

}  // namespace sonde::templates
