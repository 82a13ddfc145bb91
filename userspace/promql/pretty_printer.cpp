#include <cstddef>
#include <string>
#include <variant>

#include "promql/parser.h"
#include "promql/printer_parts.h"

namespace sonde::promql {
namespace {

constexpr std::size_t kMaxLineBytes = 100;

std::string indent(std::size_t level) { return std::string(level * 2, ' '); }

std::string pretty(const Expression& expression, std::size_t level);

/// One for each kind of node that can be broken; the others stay on their line.
struct Breaker {
  const Expression& expression;
  std::size_t level;

  std::string operator()(const Aggregation& node) const {
    std::string text = indent(level) + aggregation_head(node) + "(\n";
    if (node.parameter) text += pretty(*node.parameter, level + 1) + ",\n";
    return text + pretty(*node.inner, level + 1) + "\n" + indent(level) + ")";
  }

  std::string operator()(const Binary& node) const {
    return pretty(*node.left, level + 1) + "\n" + indent(level) + binary_middle(node) + "\n" +
           pretty(*node.right, level + 1);
  }

  std::string operator()(const Call& node) const {
    std::string text = indent(level) + std::string(spec_of(node.function).name) + "(\n";
    for (std::size_t i = 0; i < node.arguments.size(); ++i) {
      text += (i == 0 ? "" : ",\n") + pretty(*node.arguments[i], level + 1);
    }
    return text + "\n" + indent(level) + ")";
  }

  std::string operator()(const Parenthesis& node) const {
    return indent(level) + "(\n" + pretty(*node.inner, level + 1) + "\n" + indent(level) + ")";
  }

  std::string operator()(const Subquery& node) const { return pretty(*node.inner, level) + subquery_tail(node); }

  std::string operator()(const Unary& node) const {
    const std::string inner = pretty(*node.inner, level);
    return indent(level) + (node.negative ? "-" : "+") + inner.substr(inner.find_first_not_of(' '));
  }

  template <class Leaf>
  std::string operator()(const Leaf&) const {
    return indent(level) + to_text(expression);
  }
};

std::string pretty(const Expression& expression, std::size_t level) {
  const std::string line = to_text(expression);
  // Prettify() leaves a subquery that fits where it is.
  const bool indented = !std::holds_alternative<Subquery>(expression.node);
  if (line.size() <= kMaxLineBytes) return (indented ? indent(level) : "") + line;
  return std::visit(Breaker{expression, level}, expression.node);
}

}  // namespace

std::string to_pretty_text(const Expression& expression) { return pretty(expression, 0); }

}  // namespace sonde::promql
