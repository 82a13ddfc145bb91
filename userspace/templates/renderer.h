#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "templates/ast.h"
#include "templates/bounded_text.h"
#include "templates/fault.h"
#include "templates/function.h"
#include "templates/types.h"
#include "templates/value.h"

namespace sonde::templates {

/// Renders a program once.
/// owner: the program, the data and the function must outlive it.
class Renderer {
 public:
  Renderer(const Program& program, const TemplateData& data, const QueryFunction& query);

  Expected<std::string, Fault> run();

 private:
  struct Variable {
    std::string_view name;
    Value value;
  };
  /// What a function gets beyond the words behind its name.
  struct Call {
    const Command& command;
    const Value& dot;
    const Value* piped;  ///< the last argument; null if nothing is piped in
  };
  enum class Flow : std::uint8_t { kNext, kBreak, kContinue };
  using Entries = std::vector<std::pair<Value, Value>>;

  Expected<Flow, Fault> walk(const Body& body, const Value& dot);
  Expected<Flow, Fault> step(const Node& node, const Value& dot);
  Expected<Flow, Fault> action(const Node& node, const Value& dot);
  Expected<Flow, Fault> condition(const Node& node, const Value& dot);
  Expected<Flow, Fault> branch(const Node& node, const Value& dot);
  Expected<Flow, Fault> range(const Node& node, const Value& dot);
  Expected<Flow, Fault> loop(const Node& node, const Value& dot);
  Expected<Flow, Fault> iterate(const Branch& branch, const Entries& entries);
  Expected<Ok, Fault> set_loop_variables(const Pipeline& pipeline, const std::pair<Value, Value>& entry);
  Expected<Entries, Fault> entries_of(const Value& value, const Pipeline& pipeline);
  Expected<Flow, Fault> invocation(const Node& node, const Value& dot);
  Expected<Ok, Fault> invoke(const std::string& name, const Value& dot, std::size_t at);

  Expected<Value, Fault> pipeline(const Pipeline& pipeline, const Value& dot);
  Expected<Value, Fault> command(const Call& call);
  Expected<Value, Fault> operand(const Operand& operand, const Value& dot);
  Expected<Value, Fault> base_of(const Operand& operand, const Value& dot);
  Expected<Value, Fault> with_fields(const Operand& operand, Value value, bool called);
  Expected<Value, Fault> call_function(const Operand& name, const Call& call);
  Expected<Value, Fault> choose(const Operand& name, const Call& call);
  Expected<Value, Fault> call_template(const Operand& name, const std::vector<Value>& arguments);
  Expected<std::vector<Value>, Fault> arguments(const Operand& name, const Call& call);
  Expected<Value, Fault> argument(const Operand& operand, const Value& dot, ParameterKind kind);

  Expected<Ok, Fault> enter(std::size_t at);
  Expected<Ok, Fault> spend(std::size_t steps, std::size_t at);
  Expected<Ok, Fault> check_output(std::size_t at) const;
  Expected<Ok, Fault> assign(std::string_view name, Value value, std::size_t at);
  Expected<Value, Fault> variable(const Operand& operand);

  const Program& program_;
  const TemplateData& data_;
  const QueryFunction& query_;
  Budget budget_{kTemplateLimits.steps};
  BoundedText out_{kTemplateLimits.output_bytes};
  std::vector<Variable> variables_;
  std::size_t depth_ = 0;        ///< of blocks and pipelines, through all templates
  std::size_t invocations_ = 0;  ///< templates that are being rendered
};

}  // namespace sonde::templates
