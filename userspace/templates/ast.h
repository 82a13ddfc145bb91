#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "templates/function.h"
#include "templates/value.h"

namespace sonde::templates {

struct Pipeline;

enum class OperandKind : std::uint8_t { kConstant, kNil, kDot, kVariable, kCall, kPipeline };

/// One word of a command, with the fields that are taken of it. `.Name` is kDot with a field.
struct Operand {
  OperandKind kind = OperandKind::kDot;
  std::size_t at = 0;
  std::string text;                    ///< as written, for errors; a variable's name
  Value constant;                      ///< kConstant
  const Function* function = nullptr;  ///< kCall
  std::unique_ptr<Pipeline> pipeline;  ///< kPipeline
  std::vector<std::string> fields;
};

/// A value, or a function or method and its arguments.
struct Command {
  std::vector<Operand> operands;  ///< at least one
};

/// Commands, each giving its result to the next as its last argument.
struct Pipeline {
  std::size_t at = 0;
  std::vector<std::string> variables;  ///< that get the result
  bool assigns = false;                ///< to variables there are already
  std::vector<Command> commands;       ///< at least one
};

enum class NodeKind : std::uint8_t { kText, kAction, kCondition, kRange, kTemplate, kBreak, kContinue };

struct Node;
using Body = std::vector<Node>;

/// A condition and what is rendered where it holds.
struct Branch {
  bool sets_dot = false;               ///< `with`
  std::unique_ptr<Pipeline> pipeline;  ///< null: `else`
  Body body;
};

struct Node {
  NodeKind kind = NodeKind::kText;
  std::size_t at = 0;
  std::string text;                    ///< kText; the name of a kTemplate
  std::unique_ptr<Pipeline> pipeline;  ///< kAction; kTemplate, or null
  std::vector<Branch> branches;        ///< kCondition: the first that holds; kRange: the loop and its `else`
};

/// A parsed template with the templates it defines.
struct Program {
  Body body;
  std::map<std::string, Body, std::less<>> defined;
};

}  // namespace sonde::templates
