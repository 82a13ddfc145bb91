// The part of the renderer that finds the values of pipelines.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "templates/fields.h"
#include "templates/renderer.h"
#include "templates/rune.h"

namespace sonde::templates {
namespace {

constexpr std::size_t kBytesPerStep = 64;
constexpr std::size_t kVariablesPerStep = 16;

bool fits(const Value& value, ParameterKind kind) {
  const auto* list = value.as<std::shared_ptr<const List>>();
  switch (kind) {
    case ParameterKind::kAny:
      return true;
    case ParameterKind::kText:
      return value.kind() == Kind::kText;
    case ParameterKind::kVector:
      return list != nullptr && (*list)->kind == ListKind::kVector;
    case ParameterKind::kStrings:
      return list != nullptr && (*list)->kind == ListKind::kStrings;
    case ParameterKind::kSample:
      return value.kind() == Kind::kSample;
  }
  return false;
}

std::string hint_for(const Value& value, ParameterKind kind) {
  const bool number = value.kind() == Kind::kFloat || value.kind() == Kind::kInteger;
  if (kind == ParameterKind::kText && number) return "; make it a text with print or printf";
  if (kind == ParameterKind::kSample && value.kind() == Kind::kList) return "; take one element with first";
  return "";
}

Expected<Value, Fault> validated(Value value, ParameterKind kind, std::size_t at) {
  if (fits(value, kind)) return value;
  const std::string expected(name_of(kind));
  if (value.kind() == Kind::kNil) return Fault{at, "invalid value; expected " + expected};
  return Fault{at, "wrong type for value; expected " + expected + "; got " + std::string(type_name(value)) +
                       hint_for(value, kind)};
}

ParameterKind parameter(const Function& function, std::size_t index) {
  return function.parameters[std::min(index, function.parameters.size() - 1)];
}

}  // namespace

Expected<Ok, Fault> Renderer::assign(std::string_view name, Value value, std::size_t at) {
  const auto found = std::find_if(variables_.rbegin(), variables_.rend(),
                                  [&](const Variable& variable) { return variable.name == name; });
  if (found == variables_.rend()) return Fault{at, "undefined variable: " + std::string(name)};
  found->value = std::move(value);
  return spend(static_cast<std::size_t>(found - variables_.rbegin()) / kVariablesPerStep, at);
}

Expected<Value, Fault> Renderer::variable(const Operand& operand) {
  const std::string_view name = std::string_view(operand.text).substr(0, operand.text.find('.'));
  const auto found = std::find_if(variables_.rbegin(), variables_.rend(),
                                  [&](const Variable& variable) { return variable.name == name; });
  if (found == variables_.rend()) {
    return Fault{operand.at, "undefined variable: " + std::string(name) + "; it belongs to another branch"};
  }
  SONDE_TRY(spend(static_cast<std::size_t>(found - variables_.rbegin()) / kVariablesPerStep, operand.at));
  return found->value;
}

Expected<Value, Fault> Renderer::pipeline(const Pipeline& pipeline, const Value& dot) {
  SONDE_TRY(enter(pipeline.at));
  Value value;
  bool first = true;
  for (const Command& one : pipeline.commands) {
    value = SONDE_TRY(command({one, dot, std::exchange(first, false) ? nullptr : &value}));
  }
  for (const std::string& name : pipeline.variables) {
    if (pipeline.assigns) {
      SONDE_TRY(assign(name, value, pipeline.at));
    } else {
      variables_.push_back({name, value});
    }
  }
  --depth_;
  return value;
}

Expected<Value, Fault> Renderer::command(const Call& call) {
  const Operand& name = call.command.operands.front();
  SONDE_TRY(spend(1, name.at));
  if (name.kind == OperandKind::kCall && name.fields.empty()) return call_function(name, call);
  const bool called = call.command.operands.size() > 1 || call.piped != nullptr;
  if (name.kind == OperandKind::kNil) return Fault{name.at, "nil is not a command"};
  if (called && name.fields.empty()) return Fault{name.at, "can't give argument to non-function " + name.text};
  return with_fields(name, SONDE_TRY(base_of(name, call.dot)), called);
}

Expected<Value, Fault> Renderer::operand(const Operand& operand, const Value& dot) {
  return with_fields(operand, SONDE_TRY(base_of(operand, dot)), false);
}

Expected<Value, Fault> Renderer::base_of(const Operand& operand, const Value& dot) {
  switch (operand.kind) {
    case OperandKind::kConstant:
      return operand.constant;
    case OperandKind::kNil:
      return Value{};
    case OperandKind::kDot:
      return dot;
    case OperandKind::kVariable:
      return variable(operand);
    case OperandKind::kPipeline:
      return pipeline(*operand.pipeline, dot);
    case OperandKind::kCall:
      break;
  }
  SONDE_TRY(spend(1, operand.at));
  return call_function(operand, {Command{}, dot, nullptr});
}

Expected<Value, Fault> Renderer::with_fields(const Operand& operand, Value value, bool called) {
  for (std::size_t i = 0; i < operand.fields.size(); ++i) {
    auto field = field_of(value, operand.fields[i], called && i + 1 == operand.fields.size());
    if (!field) return Fault{operand.at, field.error().what};
    value = *std::move(field);
  }
  return value;
}

Expected<Value, Fault> Renderer::call_function(const Operand& name, const Call& call) {
  const Function& function = *name.function;
  const std::size_t words = std::max<std::size_t>(call.command.operands.size(), 1) - 1;
  const std::size_t given = words + (call.piped == nullptr ? 0 : 1);
  const bool fitting = function.variadic ? given >= function.required : given == function.required;
  if (!fitting) {
    return Fault{name.at, "wrong number of args for " + std::string(function.name) + ": want " +
                              (function.variadic ? "at least " : "") + std::to_string(function.required) + " got " +
                              std::to_string(given)};
  }
  SONDE_TRY(spend(function.steps, name.at));
  if (function.runner == Runner::kAnd || function.runner == Runner::kOr) return choose(name, call);
  const std::vector<Value> values = SONDE_TRY(arguments(name, call));
  if (function.runner == Runner::kTemplate) return call_template(name, values);
  auto answer = function.run({data_, query_, budget_}, values);
  if (!answer) {
    return Fault{name.at, "error calling " + std::string(function.name) + ": " + std::move(answer).error().what};
  }
  const std::size_t bytes = answer->kind() == Kind::kText ? text_of(*answer).size() : 0;
  SONDE_TRY(spend(bytes / kBytesPerStep, name.at));
  return *std::move(answer);
}

Expected<Value, Fault> Renderer::choose(const Operand& name, const Call& call) {
  const bool wanted = name.function->runner == Runner::kOr;
  Value value;
  for (std::size_t i = 1; i < call.command.operands.size(); ++i) {
    value = SONDE_TRY(argument(call.command.operands[i], call.dot, ParameterKind::kAny));
    if (is_true(value) == wanted) return value;
  }
  return call.piped == nullptr ? value : *call.piped;
}

Expected<Value, Fault> Renderer::call_template(const Operand& name, const std::vector<Value>& arguments) {
  BoundedText outer = std::exchange(out_, BoundedText(kTemplateLimits.output_bytes));
  SONDE_TRY(invoke(text_of(arguments[0]), arguments[1], name.at));
  std::string text = std::exchange(out_, std::move(outer)).text();
  SONDE_TRY(spend(text.size() / kBytesPerStep, name.at));
  return make_text(std::move(text));
}

Expected<std::vector<Value>, Fault> Renderer::arguments(const Operand& name, const Call& call) {
  std::vector<Value> values;
  for (std::size_t i = 1; i < call.command.operands.size(); ++i) {
    const ParameterKind kind = parameter(*name.function, i - 1);
    values.push_back(SONDE_TRY(argument(call.command.operands[i], call.dot, kind)));
  }
  if (call.piped == nullptr) return values;
  const ParameterKind kind = parameter(*name.function, values.size());
  values.push_back(SONDE_TRY(validated(*call.piped, kind, name.at)));
  return values;
}

Expected<Value, Fault> Renderer::argument(const Operand& operand, const Value& dot, ParameterKind kind) {
  const std::string expected(name_of(kind));
  if (operand.kind == OperandKind::kNil && kind != ParameterKind::kAny) {
    return Fault{operand.at, "cannot assign nil to " + expected};
  }
  if (operand.kind == OperandKind::kConstant && !fits(operand.constant, kind)) {
    const bool text = kind == ParameterKind::kText;
    return Fault{operand.at, text ? "expected string; found " + operand.text
                                  : "can't handle " + operand.text + " for arg of type " + expected};
  }
  return validated(SONDE_TRY(this->operand(operand, dot)), kind, operand.at);
}

}  // namespace sonde::templates
