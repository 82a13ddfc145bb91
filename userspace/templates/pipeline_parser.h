#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "templates/ast.h"
#include "templates/fault.h"
#include "templates/token.h"

namespace sonde::templates {

/// Reads what stands inside an action, and knows which variables are visible there.
class PipelineParser {
 public:
  explicit PipelineParser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  [[nodiscard]] const Token& peek(std::size_t ahead = 0) const;
  Token take();

  /// Takes the }} of an action; `noun` says what it would end.
  Expected<Ok, Fault> take_close(std::string_view noun);

  /// A pipeline up to the }} or `)` behind it, which stays. `loops` allows two variables.
  Expected<Pipeline, Fault> pipeline(std::string_view noun, bool loops);

  /// Blocks and parentheses that are open.
  Expected<Ok, Fault> enter(std::size_t at);
  void leave() { --depth_; }
  [[nodiscard]] std::size_t depth() const { return depth_; }

  [[nodiscard]] std::size_t variable_count() const { return variables_.size(); }
  void forget_variables(std::size_t count) { variables_.resize(count); }
  std::vector<std::string> swap_variables(std::vector<std::string> variables) {
    return std::exchange(variables_, std::move(variables));
  }

 private:
  Expected<Ok, Fault> variables(Pipeline& pipeline, bool loops);
  Expected<Ok, Fault> second_variable(Pipeline& pipeline, std::vector<Token>& names, bool loops);
  Expected<Command, Fault> command();
  Expected<Operand, Fault> operand();
  Expected<Operand, Fault> term(const Token& token);
  Expected<Operand, Fault> word(const Token& token);
  Expected<Operand, Fault> variable(const Token& token);
  Expected<Operand, Fault> parenthesis(const Token& token);
  [[nodiscard]] bool knows(std::string_view variable) const;
  [[nodiscard]] Fault unknown_variable(const Token& token) const;

  std::vector<Token> tokens_;
  std::size_t next_ = 0;
  std::size_t depth_ = 0;
  std::vector<std::string> variables_{"$", "$labels", "$externalLabels", "$externalURL", "$value"};
};

/// The word as an error quotes it.
std::string describe(const Token& token);

}  // namespace sonde::templates
