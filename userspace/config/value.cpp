#include "config/value.h"

#include <algorithm>
#include <utility>

#include "base/nearest_word.h"
#include "base/quantity.h"
#include "config/spelling.h"

namespace sonde::config {

bool Value::refuse(std::string what) const {
  log_->add(spot_, std::move(what));
  return false;
}

/// The base module's messages begin with the text in quotes: here it is cut, cleaned, or hidden if it is a URL.
bool Value::refuse_spelling(const Error& error, std::string_view text) const {
  const std::string beginning = "'" + std::string(text) + "'";
  if (!error.what.starts_with(beginning)) return refuse(shown_value(text) + " cannot be read");
  return refuse(shown_value(text) + error.what.substr(beginning.size()));
}

std::optional<std::string_view> Value::scalar() const {
  if (node_->tagged) {
    refuse("YAML tags are not supported: remove the tag, the key knows its type");
    return std::nullopt;
  }
  switch (node_->kind) {
    case NodeKind::kScalar:
      return node_->text;
    case NodeKind::kNull:
      refuse("has no value: give one, or remove the key for the default");
      return std::nullopt;
    case NodeKind::kSequence:
      refuse("takes one value, not a list");
      return std::nullopt;
    case NodeKind::kMapping:
      refuse("takes one value, not a mapping");
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<std::string_view> Value::line() const {
  const auto text = scalar();
  if (!text) return std::nullopt;
  const bool printable = std::all_of(text->begin(), text->end(), [](char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    return byte >= 0x20 && byte != 0x7F;
  });
  if (printable) return text;
  refuse("must be one line without control characters");
  return std::nullopt;
}

bool Value::read_text(std::string& into) const {
  const auto text = line();
  if (!text) return false;
  if (text->empty()) return refuse("must not be empty");
  into = *text;
  return true;
}

bool Value::read_bytes(std::string& into) const {
  const auto text = scalar();
  if (!text) return false;
  if (text->empty()) return refuse("must not be empty");
  into = *text;
  return true;
}

bool Value::read_free_text(std::string& into) const {
  const auto text = scalar();
  if (!text) return false;
  into = *text;
  return true;
}

bool Value::read_pattern(std::string& into) const {
  const auto text = line();
  if (!text || !accept(check_pattern(*text))) return false;
  into = *text;
  return true;
}

bool Value::read_duration(std::chrono::nanoseconds& into, DurationRange range) const {
  const auto text = scalar();
  if (!text) return false;
  const auto parsed = parse_duration(*text);
  if (!parsed) return refuse_spelling(parsed.error(), *text);
  if (*parsed < range.least || *parsed > range.most) {
    return refuse(shown_value(*text) + " is out of range: write a duration from " + format_duration(range.least) +
                  " to " + format_duration(range.most));
  }
  into = *parsed;
  return true;
}

bool Value::read_ratio(double& into) const {
  const auto text = scalar();
  if (!text) return false;
  const auto parsed = parse_ratio(*text);
  if (!parsed) return refuse_spelling(parsed.error(), *text);
  into = *parsed;
  return true;
}

bool Value::read_size(std::uint64_t& into) const {
  const auto text = scalar();
  if (!text) return false;
  const auto parsed = parse_size(*text);
  if (!parsed) return refuse(parsed.error().what);
  into = *parsed;
  return true;
}

bool Value::read_whole_number(std::uint64_t& into, CountRange range) const {
  const auto text = scalar();
  if (!text) return false;
  const auto number = parse_whole_number(*text);
  if (!number || *number < range.least || *number > range.most) {
    return refuse(shown_value(*text) + " does not fit: write a whole number from " + std::to_string(range.least) +
                  " to " + std::to_string(range.most));
  }
  into = *number;
  return true;
}

bool Value::read_choice(std::size_t& into, std::span<const std::string_view> names) const {
  const auto text = scalar();
  if (!text) return false;
  const auto found = std::find(names.begin(), names.end(), *text);
  if (found != names.end()) {
    into = static_cast<std::size_t>(found - names.begin());
    return true;
  }
  std::string list;
  for (const std::string_view name : names) list += (list.empty() ? "" : ", ") + std::string(name);
  const std::string_view meant = nearest_word(*text, names);
  const std::string hint = meant.empty() ? "" : "; did you mean '" + std::string(meant) + "'?";
  return refuse(shown_value(*text) + " is none of " + list + hint);
}

bool Value::read_texts(std::vector<std::string>& into) const {
  if (node_->kind == NodeKind::kScalar) return read_text(into.emplace_back());
  const auto items = read_list();
  if (!items) return false;
  bool all_sound = true;
  for (const Value& item : *items) all_sound = item.read_text(into.emplace_back()) && all_sound;
  return all_sound;
}

std::optional<std::vector<Value>> Value::read_list() const {
  std::vector<Value> values;
  if (node_->kind == NodeKind::kNull) return values;
  if (node_->kind != NodeKind::kSequence || node_->tagged) {
    refuse("takes a list: write each item on a line of its own that starts with '- '");
    return std::nullopt;
  }
  for (std::size_t i = 0; i < node_->items.size(); ++i) {
    const Node& item = *node_->items[i];
    // The parser places a missing item where the next thing stands.
    const Position at = item.kind == NodeKind::kNull ? node_->at : item.at;
    values.emplace_back(item, Spot{at, spot_.path + "[" + std::to_string(i) + "]"}, *log_);
  }
  return values;
}

}  // namespace sonde::config
