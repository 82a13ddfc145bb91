#include "measure/family_builder.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "measure/histogram_series.h"

namespace sonde::measure {
namespace {

void append_sized(std::string& key, std::string_view part) {
  key += std::to_string(part.size());
  key += ':';
  key += part;
}

/// Lengths in front of the parts keep {"a=b"} and {"a", "b"} apart.
std::string key_of(std::string_view family, const std::vector<Label>& labels) {
  std::string key;
  append_sized(key, family);
  for (const Label& label : labels) {
    append_sized(key, label.name);
    append_sized(key, label.value);
  }
  return key;
}

}  // namespace

FamilyBuilder& FamilyBuilder::counter(std::string_view name, std::string_view help) {
  return open(name, help, MetricType::kCounter);
}

FamilyBuilder& FamilyBuilder::gauge(std::string_view name, std::string_view help) {
  return open(name, help, MetricType::kGauge);
}

FamilyBuilder& FamilyBuilder::open(std::string_view name, std::string_view help, MetricType type) {
  assert(help.find_first_of("\\\n\r") == std::string_view::npos);
  const auto known = std::find_if(families_.begin(), families_.end(), [&](const Family& f) { return f.name == name; });
  open_ = static_cast<std::size_t>(known - families_.begin());
  if (known == families_.end()) families_.push_back(Family{std::string(name), std::string(help), type, {}});
  return *this;
}

FamilyBuilder& FamilyBuilder::add(double value, std::vector<Label> labels) {
  assert(open_ < families_.size());
  Family& family = families_[open_];
  labels = clean_labels(std::move(labels));
  Known& known = known_[key_of(family.name, labels)];
  if (known.used_in_round == round_) {
    double& sum = family.series[known.position].value;
    sum = family.type == MetricType::kCounter ? sum + value : value;
    return *this;
  }
  if (known.identity == nullptr) known.identity = make_identity(std::move(labels));
  known.used_in_round = round_;
  known.position = family.series.size();
  family.series.push_back(Series{known.identity, value, nullptr});
  return *this;
}

std::vector<Family> FamilyBuilder::take() {
  std::erase_if(known_, [&](const auto& row) { return row.second.used_in_round != round_; });
  std::erase_if(families_, [](const Family& family) { return family.series.empty(); });
  ++round_;
  open_ = 0;
  return std::exchange(families_, {});
}

}  // namespace sonde::measure
