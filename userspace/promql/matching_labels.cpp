#include "promql/matching_labels.h"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace sonde::promql {
namespace {

constexpr std::string_view kTypeLabel = "__type__";
constexpr std::string_view kUnitLabel = "__unit__";

bool is_hidden(const LabelSet& set, const measure::Label& label) {
  return set.nameless && is_metadata_label(label.name);
}

/// Neither byte occurs in valid UTF-8, so that no two sets share a key.
constexpr char kAfterName = '\xfe';
constexpr char kAfterValue = '\xff';

}  // namespace

LabelSet no_labels() {
  static const auto none = std::make_shared<const store::Labels>();
  return LabelSet{none};
}

bool is_metadata_label(std::string_view name) {
  return name.starts_with("__") && (name == store::kNameLabel || name == kTypeLabel || name == kUnitLabel);
}

std::string_view value_of(const LabelSet& set, std::string_view name) {
  for (const measure::Label& label : *set.labels) {
    if (label.name == name) return is_hidden(set, label) ? std::string_view{} : std::string_view{label.value};
  }
  return {};
}

bool LabelFilter::counts(std::string_view name) const {
  return std::find(names.begin(), names.end(), name) != names.end() ? keep : !keep;
}

LabelFilter make_filter(bool keep, std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  return LabelFilter{keep, std::move(names)};
}

store::Labels filtered(const LabelSet& set, const LabelFilter& filter) {
  store::Labels kept;
  for (const measure::Label& label : *set.labels) {
    if (filter.counts(label.name) && !is_hidden(set, label)) kept.push_back(label);
  }
  return kept;
}

void set_label(store::Labels& labels, std::string_view name, std::string value) {
  const auto at =
      std::lower_bound(labels.begin(), labels.end(), name,
                       [](const measure::Label& label, std::string_view wanted) { return label.name < wanted; });
  const bool found = at != labels.end() && at->name == name;
  if (value.empty()) {
    if (found) labels.erase(at);
  } else if (found) {
    at->value = std::move(value);
  } else {
    labels.insert(at, measure::Label{std::string(name), std::move(value)});
  }
}

int compare(const LabelSet& left, const LabelSet& right) {
  auto a = left.labels->begin();
  auto b = right.labels->begin();
  while (true) {
    while (a != left.labels->end() && is_hidden(left, *a)) ++a;
    while (b != right.labels->end() && is_hidden(right, *b)) ++b;
    if (a == left.labels->end() || b == right.labels->end()) break;
    if (const int names = a->name.compare(b->name); names != 0) return names;
    if (const int values = a->value.compare(b->value); values != 0) return values;
    ++a;
    ++b;
  }
  return static_cast<int>(a != left.labels->end()) - static_cast<int>(b != right.labels->end());
}

std::string quoted_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (static_cast<unsigned char>(c) < ' ') {
      char escape[5];
      std::snprintf(escape, sizeof escape, "\\x%02x", static_cast<unsigned>(c));
      out += escape;
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string to_text(const store::Labels& labels) {
  std::string out = "{";
  for (const measure::Label& label : labels) {
    if (out.size() > 1) out += ", ";
    out.append(label.name).append("=").append(quoted_text(label.value));
  }
  return out + '}';
}

std::size_t LabelGroups::number_of(const LabelSet& set, const LabelFilter& filter) {
  key_.clear();
  for (const measure::Label& label : *set.labels) {
    if (!filter.counts(label.name) || is_hidden(set, label)) continue;
    key_.append(label.name).push_back(kAfterName);
    key_.append(label.value).push_back(kAfterValue);
  }
  const auto known = numbers_.find(std::string_view{key_});
  if (known != numbers_.end()) return known->second;
  const std::size_t number = numbers_.size();
  numbers_.emplace(key_, number);
  return number;
}

}  // namespace sonde::promql
