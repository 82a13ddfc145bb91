#include "promql/label_functions.h"

#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/utf8.h"
#include "promql/evaluation_limits.h"
#include "promql/evaluation_shape.h"

namespace sonde::promql {
namespace {

const std::vector<store::Matcher>* matchers_of(const Expression& argument) {
  if (const auto* const selector = std::get_if<VectorSelector>(&argument.node)) return &selector->matchers;
  if (const auto* const range = std::get_if<MatrixSelector>(&argument.node)) return &range->selector.matchers;
  return nullptr;
}

LabelSet certain_labels(const Expression& argument) {
  const std::vector<store::Matcher>* const matchers = matchers_of(argument);
  if (matchers == nullptr) return no_labels();
  store::Labels labels;
  std::set<std::string_view> seen;
  for (const store::Matcher& matcher : *matchers) {
    if (matcher.name == store::kNameLabel) continue;
    const bool first_equal = matcher.op == store::MatchOperator::kEqual && seen.insert(matcher.name).second;
    set_label(labels, matcher.name, first_equal ? matcher.value : std::string{});
  }
  return LabelSet{std::make_shared<const store::Labels>(std::move(labels))};
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// A piece of a replacement text: as it stands, or the text of a group.
struct Piece {
  std::string literal;
  int group = -1;
};

/// Reads `$1`, `${1}`, `$name` and `${name}` as Go's Regexp.Expand does: the longest name, `$$` for a dollar, and
/// nothing for groups that are not there.
class Replacement {
 public:
  Replacement(std::string_view text, const RE2& regex) : regex_(regex) {
    while (!text.empty()) {
      const std::size_t dollar = text.find('$');
      add_literal(text.substr(0, dollar));
      if (dollar == std::string_view::npos) break;
      text = read_reference(text.substr(dollar));
    }
  }

  [[nodiscard]] std::string expand(const std::vector<re2::StringPiece>& groups) const {
    std::string out;
    for (const Piece& piece : pieces_) {
      out += piece.literal;
      if (piece.group < 0) continue;
      const re2::StringPiece& group = groups[static_cast<std::size_t>(piece.group)];
      out.append(group.data(), group.size());
    }
    return out;
  }

 private:
  void add_literal(std::string_view text) {
    if (!text.empty()) pieces_.push_back(Piece{std::string(text), -1});
  }

  /// Takes the reference that `text` begins with; returns what follows.
  std::string_view read_reference(std::string_view text) {
    if (text.starts_with("$$")) {
      add_literal("$");
      return text.substr(2);
    }
    const bool braced = text.starts_with("${");
    const std::string_view rest = text.substr(braced ? 2 : 1);
    const auto* const end = std::find_if_not(rest.begin(), rest.end(), is_name_character);
    const std::string_view name = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
    const std::string_view after = rest.substr(name.size());
    if (name.empty() || (braced && !after.starts_with('}'))) {
      add_literal("$");
      return text.substr(1);
    }
    add_group(name);
    return braced ? after.substr(1) : after;
  }

  void add_group(std::string_view name) {
    int number = -1;
    const auto [end, fault] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (fault != std::errc{} || end != name.data() + name.size()) {
      const auto& named = regex_.NamedCapturingGroups();
      const auto found = named.find(std::string(name));
      number = found == named.end() ? -1 : found->second;
    }
    if (number >= 0 && number <= regex_.NumberOfCapturingGroups()) pieces_.push_back(Piece{{}, number});
  }

  const RE2& regex_;
  std::vector<Piece> pieces_;
};

LabelSet with_label(const LabelSet& set, const std::string& name, std::string value) {
  store::Labels labels = filtered(set, all_labels());
  set_label(labels, name, std::move(value));
  return LabelSet{std::make_shared<const store::Labels>(std::move(labels))};
}

Expected<Matrix, QueryError> merged(Matrix series) {
  if (!series.merge_same_labels()) return same_labels_error();
  return series;
}

}  // namespace

Matrix absent_rows(const Matrix& found, const Expression& argument) {
  Matrix absent(found.step_count());
  const std::span<double> row = absent.append(certain_labels(argument));
  std::fill(row.begin(), row.end(), 1.0);
  for (std::size_t index = 0; index < found.size(); ++index) {
    const std::span<const double> present = found.row(index);
    for (std::size_t step = 0; step < row.size(); ++step) {
      if (!is_absent(present[step])) row[step] = absent_value();
    }
  }
  absent.drop_empty_rows();
  return absent;
}

Expected<Matrix, QueryError> replace_labels(Matrix series, const Call& call) {
  const std::string& target = text_of(*call.arguments[1]);
  const std::string& source = text_of(*call.arguments[3]);
  const std::string& pattern = text_of(*call.arguments[4]);
  const RE2 regex("^(?s:" + pattern + ")$", RE2::Quiet);
  if (!regex.ok()) return execution_error("invalid regular expression in label_replace(): " + pattern);
  if (!is_label_name(target)) return execution_error("invalid destination label name in label_replace(): " + target);
  const Replacement replacement(text_of(*call.arguments[2]), regex);
  std::vector<re2::StringPiece> groups(static_cast<std::size_t>(regex.NumberOfCapturingGroups()) + 1);
  for (std::size_t index = 0; index < series.size(); ++index) {
    const std::string_view value = value_of(series.labels(index), source);
    if (!regex.Match({value.data(), value.size()}, 0, value.size(), RE2::ANCHOR_BOTH, groups.data(),
                     static_cast<int>(groups.size()))) {
      continue;
    }
    series.labels(index) = with_label(series.labels(index), target, replacement.expand(groups));
  }
  return merged(std::move(series));
}

Expected<Matrix, QueryError> join_labels(Matrix series, const Call& call) {
  const std::string& target = text_of(*call.arguments[1]);
  const std::string& separator = text_of(*call.arguments[2]);
  for (std::size_t argument = 3; argument < call.arguments.size(); ++argument) {
    const std::string& source = text_of(*call.arguments[argument]);
    if (!is_label_name(source)) return execution_error("invalid source label name in label_join(): " + source);
  }
  if (!is_label_name(target)) return execution_error("invalid destination label name in label_join(): " + target);
  for (std::size_t index = 0; index < series.size(); ++index) {
    std::string joined;
    for (std::size_t argument = 3; argument < call.arguments.size(); ++argument) {
      if (argument > 3) joined += separator;
      joined += value_of(series.labels(index), text_of(*call.arguments[argument]));
    }
    series.labels(index) = with_label(series.labels(index), target, std::move(joined));
  }
  return merged(std::move(series));
}

std::shared_ptr<const store::Labels> labels_of(const LabelSet& set) {
  const bool hides =
      set.nameless && std::any_of(set.labels->begin(), set.labels->end(),
                                  [](const measure::Label& label) { return is_metadata_label(label.name); });
  return hides ? std::make_shared<const store::Labels>(filtered(set, all_labels())) : set.labels;
}

const std::string& text_of(const Expression& argument) { return std::get<StringLiteral>(inside(argument).node).value; }

bool is_label_name(const std::string& name) { return !name.empty() && is_valid_utf8(name); }

}  // namespace sonde::promql
