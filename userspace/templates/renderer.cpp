#include "templates/renderer.h"

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "templates/rune.h"
#include "templates/value_format.h"

namespace sonde::templates {
namespace {

// Blocks and pipelines of templates that call each other: what the stack has to hold.
constexpr std::size_t kMaxDepth = 4 * kTemplateLimits.nesting;

Labels labels_of(const std::vector<measure::Label>& labels) {
  StringMap map;
  for (const measure::Label& label : labels) map[label.name] = label.value;
  return std::make_shared<const StringMap>(std::move(map));
}

}  // namespace

Renderer::Renderer(const Program& program, const TemplateData& data, const QueryFunction& query)
    : program_(program), data_(data), query_(query) {}

Expected<std::string, Fault> Renderer::run() {
  const Root root{labels_of(data_.labels), labels_of(data_.external_labels),
                  std::make_shared<const std::string>(data_.external_url), data_.value};
  const Value dot{std::make_shared<const Root>(root)};
  variables_ = {{"$", dot},
                {"$labels", Value{root.labels}},
                {"$externalLabels", Value{root.external_labels}},
                {"$externalURL", Value{root.external_url}},
                {"$value", Value{root.value}}};
  SONDE_TRY(walk(program_.body, dot));
  return std::move(out_).take();
}

Expected<Ok, Fault> Renderer::spend(std::size_t steps, std::size_t at) {
  if (budget_.spend(steps)) return Ok{};
  return Fault{at, "the template takes more than " + std::to_string(kTemplateLimits.steps) +
                       " steps; let the query aggregate or limit what it loops over"};
}

Expected<Ok, Fault> Renderer::check_output(std::size_t at) const {
  if (!out_.overflowed()) return Ok{};
  return Fault{at, "the text becomes longer than " + std::to_string(kTemplateLimits.output_bytes) +
                       " bytes; let the query limit what the template loops over"};
}

Expected<Ok, Fault> Renderer::enter(std::size_t at) {
  if (++depth_ <= kMaxDepth) return Ok{};
  return Fault{at, "blocks and parentheses are nested more than " + std::to_string(kMaxDepth) +
                       " deep, over all templates; does a template call itself?"};
}

Expected<Renderer::Flow, Fault> Renderer::walk(const Body& body, const Value& dot) {
  SONDE_TRY(enter(body.empty() ? 0 : body.front().at));
  for (const Node& node : body) {
    SONDE_TRY(spend(1, node.at));
    const Flow flow = SONDE_TRY(step(node, dot));
    if (flow == Flow::kNext) continue;
    --depth_;
    return flow;
  }
  --depth_;
  return Flow::kNext;
}

Expected<Renderer::Flow, Fault> Renderer::step(const Node& node, const Value& dot) {
  switch (node.kind) {
    case NodeKind::kText:
      out_.append(node.text);
      SONDE_TRY(check_output(node.at));
      return Flow::kNext;
    case NodeKind::kAction:
      return action(node, dot);
    case NodeKind::kCondition:
      return condition(node, dot);
    case NodeKind::kRange:
      return range(node, dot);
    case NodeKind::kTemplate:
      return invocation(node, dot);
    case NodeKind::kBreak:
      return Flow::kBreak;
    case NodeKind::kContinue:
      return Flow::kContinue;
  }
  std::abort();
}

Expected<Renderer::Flow, Fault> Renderer::action(const Node& node, const Value& dot) {
  const Value value = SONDE_TRY(pipeline(*node.pipeline, dot));
  if (node.pipeline->variables.empty()) print_value(out_, value);
  SONDE_TRY(check_output(node.at));
  return Flow::kNext;
}

Expected<Renderer::Flow, Fault> Renderer::condition(const Node& node, const Value& dot) {
  const std::size_t mark = variables_.size();
  const Flow flow = SONDE_TRY(branch(node, dot));
  variables_.resize(mark);
  return flow;
}

Expected<Renderer::Flow, Fault> Renderer::branch(const Node& node, const Value& dot) {
  for (const Branch& one : node.branches) {
    if (one.pipeline == nullptr) return walk(one.body, dot);
    const Value value = SONDE_TRY(pipeline(*one.pipeline, dot));
    if (is_true(value)) return walk(one.body, one.sets_dot ? value : dot);
  }
  return Flow::kNext;
}

Expected<Renderer::Flow, Fault> Renderer::range(const Node& node, const Value& dot) {
  const std::size_t mark = variables_.size();
  const Flow flow = SONDE_TRY(loop(node, dot));
  variables_.resize(mark);
  return flow;
}

Expected<Renderer::Flow, Fault> Renderer::loop(const Node& node, const Value& dot) {
  const Branch& body = node.branches.front();
  const Value value = SONDE_TRY(pipeline(*body.pipeline, dot));
  const Entries entries = SONDE_TRY(entries_of(value, *body.pipeline));
  if (!entries.empty()) return iterate(body, entries);
  if (node.branches.size() > 1) return walk(node.branches[1].body, dot);
  return Flow::kNext;
}

Expected<Renderer::Flow, Fault> Renderer::iterate(const Branch& branch, const Entries& entries) {
  const std::size_t mark = variables_.size();
  for (const auto& entry : entries) {
    SONDE_TRY(spend(1, branch.pipeline->at));
    SONDE_TRY(set_loop_variables(*branch.pipeline, entry));
    const Flow flow = SONDE_TRY(walk(branch.body, entry.second));
    variables_.resize(mark);
    if (flow == Flow::kBreak) break;
  }
  return Flow::kNext;
}

Expected<Ok, Fault> Renderer::set_loop_variables(const Pipeline& pipeline, const std::pair<Value, Value>& entry) {
  const std::size_t count = pipeline.variables.size();
  if (count == 0) return Ok{};
  if (pipeline.assigns) {
    if (count > 1) SONDE_TRY(assign(pipeline.variables.front(), entry.first, pipeline.at));
    return assign(pipeline.variables.back(), entry.second, pipeline.at);
  }
  variables_.back().value = entry.second;
  if (count > 1) variables_[variables_.size() - 2].value = entry.first;
  return Ok{};
}

Expected<Renderer::Entries, Fault> Renderer::entries_of(const Value& value, const Pipeline& pipeline) {
  Entries entries;
  if (const auto* list = value.as<std::shared_ptr<const List>>()) {
    for (const Value& item : (*list)->items)
      entries.emplace_back(Value{static_cast<std::int64_t>(entries.size())}, item);
  } else if (const auto* labels = value.as<Labels>()) {
    for (const auto& [name, text] : **labels) entries.emplace_back(make_text(name), make_text(text));
  } else if (const auto* map = value.as<std::shared_ptr<const ValueMap>>()) {
    for (const auto& [name, item] : (*map)->entries) entries.emplace_back(make_text(name), item);
  } else if (const auto* count = value.as<std::int64_t>()) {
    SONDE_TRY(spend(static_cast<std::size_t>(std::max<std::int64_t>(*count, 0)), pipeline.at));
    for (std::int64_t i = 0; i < *count; ++i) entries.emplace_back(Value{i}, Value{i});
  } else if (value.kind() != Kind::kNil) {
    BoundedText shown(100);
    print_value(shown, value);
    return Fault{pipeline.at, "range can't iterate over " + shown.text() + "; it takes a query's result or labels"};
  }
  SONDE_TRY(spend(entries.size() / 64, pipeline.at));
  return entries;
}

Expected<Renderer::Flow, Fault> Renderer::invocation(const Node& node, const Value& dot) {
  Value argument;
  if (node.pipeline != nullptr) argument = SONDE_TRY(pipeline(*node.pipeline, dot));
  SONDE_TRY(invoke(node.text, argument, node.at));
  return Flow::kNext;
}

Expected<Ok, Fault> Renderer::invoke(const std::string& name, const Value& dot, std::size_t at) {
  const auto found = program_.defined.find(name);
  if (found == program_.defined.end()) {
    const std::string quoted = quote(name, false);
    return Fault{at, "template " + quoted + " not defined; write {{ define " + quoted + " }}...{{ end }}"};
  }
  if (invocations_ == kTemplateLimits.nesting) {
    return Fault{at, "exceeded maximum template depth (" + std::to_string(kTemplateLimits.nesting) +
                         "); does the template call itself?"};
  }
  ++invocations_;
  std::vector<Variable> outer = std::exchange(variables_, {{"$", dot}});
  SONDE_TRY(walk(found->second, dot));
  variables_ = std::move(outer);
  --invocations_;
  return Ok{};
}

}  // namespace sonde::templates
