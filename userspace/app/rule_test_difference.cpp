#include "app/rule_test_difference.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/go_number.h"
#include "promql/matching_labels.h"

namespace sonde::app {
namespace {

using measure::Label;

void sort_by_name(std::vector<Label>& labels) {
  std::sort(labels.begin(), labels.end(), [](const Label& a, const Label& b) { return a.name < b.name; });
}

std::string lines_of(const std::vector<Label>& annotations) {
  std::string lines;
  for (const Label& annotation : annotations) lines += "  " + annotation.name + ": " + annotation.value + "\n";
  return lines;
}

const std::string* find(const std::vector<Label>& annotations, const std::string& name) {
  for (const Label& annotation : annotations) {
    if (annotation.name == name) return &annotation.value;
  }
  return nullptr;
}

std::string shown(const std::string* value) { return value == nullptr ? "nothing" : "'" + *value + "'"; }

/// "  summary: expected 'a', got 'b'" of each annotation that differs.
std::string annotation_lines(const std::vector<Label>& expected, const std::vector<Label>& got) {
  std::string lines;
  std::vector<std::string> names;
  for (const auto* annotations : {&expected, &got}) {
    for (const Label& annotation : *annotations) names.push_back(annotation.name);
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  for (const std::string& name : names) {
    const std::string* wanted = find(expected, name);
    const std::string* found = find(got, name);
    if (wanted != nullptr && found != nullptr && *wanted == *found) continue;
    lines += "  " + name + ":\n    expected " + shown(wanted) + "\n    got      " + shown(found) + "\n";
  }
  return lines;
}

bool same(double expected, double got, bool fuzzy) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (expected == got || (std::isnan(expected) && std::isnan(got))) return true;
  return fuzzy && (std::nextafter(expected, kInfinity) == got || std::nextafter(expected, -kInfinity) == got);
}

}  // namespace

std::string difference_of(const std::vector<ExpectedAlert>& expected, std::vector<ExpectedAlert> got) {
  std::string lines;
  for (ExpectedAlert& alert : got) {
    sort_by_name(alert.labels);
    sort_by_name(alert.annotations);
  }
  for (const ExpectedAlert& wanted : expected) {
    const auto is_same = [&](const ExpectedAlert& alert) { return alert.labels == wanted.labels; };
    // Of several with the same labels, rather one with the same annotations.
    auto found = std::find_if(got.begin(), got.end(), [&](const ExpectedAlert& alert) {
      return is_same(alert) && alert.annotations == wanted.annotations;
    });
    if (found == got.end()) found = std::find_if(got.begin(), got.end(), is_same);
    if (found == got.end()) {
      lines += "expected, and does not fire: " + promql::to_text(wanted.labels) + "\n" + lines_of(wanted.annotations);
      continue;
    }
    const std::string annotations = annotation_lines(wanted.annotations, found->annotations);
    if (!annotations.empty()) {
      lines += "fires with other annotations: " + promql::to_text(wanted.labels) + "\n" + annotations;
    }
    got.erase(found);
  }
  for (const ExpectedAlert& alert : got) {
    lines += "fires, and is not expected: " + promql::to_text(alert.labels) + "\n" + lines_of(alert.annotations);
  }
  return lines;
}

std::string difference_of(const std::vector<ExpectedSample>& expected, std::vector<ExpectedSample> got, bool fuzzy) {
  std::string lines;
  for (const ExpectedSample& wanted : expected) {
    const auto found =
        std::find_if(got.begin(), got.end(), [&](const auto& one) { return one.labels == wanted.labels; });
    const std::string text = promql::to_text(wanted.labels) + ": expected " + format_number(wanted.value);
    if (found == got.end()) {
      lines += text + ", got nothing\n";
      continue;
    }
    if (!same(wanted.value, found->value, fuzzy)) lines += text + ", got " + format_number(found->value) + "\n";
    got.erase(found);
  }
  for (const ExpectedSample& one : got) {
    lines += promql::to_text(one.labels) + ": expected nothing, got " + format_number(one.value) + "\n";
  }
  return lines;
}

std::string indented(std::string_view lines, std::size_t blanks) {
  std::string text;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size() - 1) + 1;
    text += std::string(blanks, ' ') + std::string(lines.substr(0, end));
    lines.remove_prefix(end);
  }
  return text;
}

}  // namespace sonde::app
