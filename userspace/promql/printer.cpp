#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "base/go_number.h"
#include "promql/literals.h"
#include "promql/parser.h"
#include "promql/printer_parts.h"
#include "promql/rune.h"
#include "promql/token.h"

namespace sonde::promql {
namespace {

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty()) text += separator;
    text += part;
  }
  return text;
}

/// True if a label's name needs no quotes.
bool is_plain_name(std::string_view name) {
  const auto is_plain = [](char c) { return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0; };
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0 && std::ranges::all_of(name, is_plain);
}

std::string name_text(const std::string& name) { return is_plain_name(name) ? name : quote(name); }

std::string names_text(const std::vector<std::string>& names) {
  std::vector<std::string> parts;
  for (const std::string& name : names) parts.push_back(name_text(name));
  return "(" + joined(parts, ", ") + ")";
}

std::string at_text(const TimeShift& shift) {
  switch (shift.at) {
    case AtKind::kNone:
      return "";
    case AtKind::kStart:
      return " @ start()";
    case AtKind::kEnd:
      return " @ end()";
    case AtKind::kTimestamp: {
      std::array<char, 64> number;
      std::snprintf(number.data(), number.size(), " @ %.3f", static_cast<double>(shift.at_ms) / 1000);
      return number.data();
    }
  }
  return "";
}

std::string shift_text(const TimeShift& shift) {
  std::string text = at_text(shift);
  if (shift.offset_ms > 0) text += " offset " + duration_text(shift.offset_ms);
  if (shift.offset_ms < 0) text += " offset -" + duration_text(-shift.offset_ms);
  return text;
}

std::string selector_text(const VectorSelector& selector) {
  std::vector<std::string> parts;
  for (const store::Matcher& matcher : selector.matchers) {
    const bool is_the_name = matcher.name == store::kNameLabel && matcher.op == store::MatchOperator::kEqual &&
                             matcher.value == selector.name && !matcher.value.empty();
    if (is_the_name) continue;
    parts.push_back(name_text(matcher.name) + std::string(spelling(matcher.op)) + quote(matcher.value));
  }
  std::ranges::sort(parts);
  const bool needs_braces = !parts.empty() || selector.name.empty();
  return selector.name + (needs_braces ? "{" + joined(parts, ",") + "}" : "");
}

std::string node_text(const NumberLiteral& node) {
  if (!node.duration) return format_number(node.value);
  const auto milliseconds = static_cast<std::int64_t>(std::llround(std::abs(node.value) * 1000));
  return (node.value < 0 ? "-" : "") + duration_text(milliseconds);
}

std::string node_text(const StringLiteral& node) { return quote(node.value); }

std::string node_text(const VectorSelector& node) { return selector_text(node) + shift_text(node.shift); }

std::string node_text(const MatrixSelector& node) {
  return selector_text(node.selector) + "[" + duration_text(node.range_ms) + "]" + shift_text(node.selector.shift);
}

std::string node_text(const Subquery& node) { return to_text(*node.inner) + subquery_tail(node); }

std::string node_text(const Parenthesis& node) { return "(" + to_text(*node.inner) + ")"; }

std::string node_text(const Unary& node) { return (node.negative ? "-" : "+") + to_text(*node.inner); }

std::string node_text(const Binary& node) {
  return to_text(*node.left) + " " + binary_middle(node) + " " + to_text(*node.right);
}

std::string node_text(const Aggregation& node) {
  std::string text = aggregation_head(node) + "(";
  if (node.parameter) text += to_text(*node.parameter) + ", ";
  return text + to_text(*node.inner) + ")";
}

std::string node_text(const Call& node) {
  std::vector<std::string> arguments;
  for (const ExpressionPtr& argument : node.arguments) arguments.push_back(to_text(*argument));
  return std::string(spec_of(node.function).name) + "(" + joined(arguments, ", ") + ")";
}

}  // namespace

std::string aggregation_head(const Aggregation& node) {
  std::string text(spelling(node.op));
  if (node.without) return text + " without " + names_text(node.grouping) + " ";
  if (!node.grouping.empty()) text += " by " + names_text(node.grouping) + " ";
  return text;
}

std::string binary_middle(const Binary& node) {
  std::string text(spelling(node.op));
  if (node.return_bool) text += " bool";
  if (!node.matching) return text;
  const VectorMatching& matching = *node.matching;
  const bool grouped =
      matching.cardinality == Cardinality::kManyToOne || matching.cardinality == Cardinality::kOneToMany;
  if (matching.on || !matching.labels.empty() || grouped) {
    text += (matching.on ? " on " : " ignoring ") + names_text(matching.labels);
  }
  if (grouped) {
    text += matching.cardinality == Cardinality::kManyToOne ? " group_left " : " group_right ";
    text += names_text(matching.include);
  }
  return text;
}

std::string subquery_tail(const Subquery& node) {
  const std::string step = node.step_ms == 0 ? "" : duration_text(node.step_ms);
  return "[" + duration_text(node.range_ms) + ":" + step + "]" + shift_text(node.shift);
}

std::string to_text(const Expression& expression) {
  return std::visit([](const auto& node) { return node_text(node); }, expression.node);
}

}  // namespace sonde::promql
