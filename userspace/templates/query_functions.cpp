#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "templates/functions.h"

namespace sonde::templates {
namespace {

constexpr std::size_t kMostArguments = 1000;

const Sample& sample_of(const Value& value) { return **value.as<std::shared_ptr<const Sample>>(); }
const List& list_of(const Value& value) { return **value.as<std::shared_ptr<const List>>(); }

Value sample_value(TemplateSeries&& series) {
  StringMap labels;
  for (measure::Label& label : series.labels) labels[std::move(label.name)] = std::move(label.value);
  Sample sample{std::make_shared<const StringMap>(std::move(labels)), series.value};
  return Value{std::make_shared<const Sample>(std::move(sample))};
}

std::string label_of(const Sample& sample, const std::string& name) {
  const auto found = sample.labels->find(name);
  return found == sample.labels->end() ? "" : found->second;
}

}  // namespace

Answer run_query(const CallContext& context, Arguments arguments) {
  if (!context.query) return Complaint{"there is nothing to query here"};
  auto series = context.query(text_of(arguments.front()));
  if (!series) return Complaint{series.error().what};
  if (!context.budget.spend(series->size())) return Complaint{"the query has too many results; aggregate them"};
  List list;
  for (TemplateSeries& one : *series) list.items.push_back(sample_value(std::move(one)));
  return Value{std::make_shared<const List>(std::move(list))};
}

Answer run_first(const CallContext&, Arguments arguments) {
  const List& list = list_of(arguments.front());
  if (list.items.empty()) return Complaint{"first() called on vector with no elements"};
  return list.items.front();
}

Answer run_label(const CallContext&, Arguments arguments) {
  return make_text(label_of(sample_of(arguments[1]), text_of(arguments[0])));
}

Answer run_value(const CallContext&, Arguments arguments) { return Value{sample_of(arguments.front()).value}; }

Answer run_strvalue(const CallContext&, Arguments arguments) {
  return make_text(label_of(sample_of(arguments.front()), "__value__"));
}

Answer run_sort_by_label(const CallContext& context, Arguments arguments) {
  const std::string& name = text_of(arguments[0]);
  List sorted = list_of(arguments[1]);
  if (!context.budget.spend(sorted.items.size())) return Complaint{"too much to sort; aggregate it in the query"};
  std::stable_sort(sorted.items.begin(), sorted.items.end(), [&](const Value& left, const Value& right) {
    return label_of(sample_of(left), name) < label_of(sample_of(right), name);
  });
  return Value{std::make_shared<const List>(std::move(sorted))};
}

Answer run_arguments(const CallContext&, Arguments arguments) {
  if (arguments.size() > kMostArguments) return Complaint{"more than " + std::to_string(kMostArguments) + " values"};
  ValueMap map;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    map.depth = std::max(map.depth, depth_of(arguments[i]) + 1);
    map.entries["arg" + std::to_string(i)] = arguments[i];
  }
  if (map.depth > kTemplateLimits.nesting) {
    return Complaint{"nested more than " + std::to_string(kTemplateLimits.nesting) + " deep"};
  }
  return Value{std::make_shared<const ValueMap>(std::move(map))};
}

}  // namespace sonde::templates
