#include "measure/family_builder.h"

#include <cassert>
#include <cstring>
#include <iterator>
#include <utility>

#include "measure/histogram_series.h"

namespace sonde::measure {
namespace {

/// Lengths in front of the parts keep {"a=b"} and {"a", "b"} apart.
void append_sized(std::string& key, std::string_view part) {
  const auto size = static_cast<std::uint32_t>(part.size());
  char bytes[sizeof size];
  std::memcpy(bytes, &size, sizeof size);
  key.append(bytes, sizeof size);
  key += part;
}

void write_key(std::string& key, std::string_view family, std::span<const LabelView> labels) {
  key.clear();
  append_sized(key, family);
  for (const LabelView& label : labels) {
    if (label.value.empty()) continue;
    append_sized(key, label.name);
    append_sized(key, label.value);
  }
}

bool is_same(const HistogramValue& left, const HistogramValue& right) {
  return left.count == right.count && left.sum_seconds == right.sum_seconds &&
         left.bucket_counts == right.bucket_counts && left.fine == right.fine;
}

}  // namespace

FamilyBuilder& FamilyBuilder::counter(std::string_view name, std::string_view help) {
  return open(name, help, MetricType::kCounter);
}

FamilyBuilder& FamilyBuilder::gauge(std::string_view name, std::string_view help) {
  return open(name, help, MetricType::kGauge);
}

FamilyBuilder& FamilyBuilder::untyped(std::string_view name, std::string_view help) {
  return open(name, help, MetricType::kUntyped);
}

FamilyBuilder& FamilyBuilder::histogram(std::string_view name, std::string_view help) {
  return open(name, help, MetricType::kHistogram);
}

FamilyBuilder& FamilyBuilder::open(std::string_view name, std::string_view help, MetricType type) {
  assert(help.find_first_of("\\\n\r") == std::string_view::npos);
  if (const auto known = family_numbers_.find(name); known != family_numbers_.end()) {
    open_ = known->second;
    return *this;
  }
  open_ = families_.size();
  family_numbers_.emplace(name, static_cast<std::uint32_t>(open_));
  families_.push_back(Family{std::string(name), std::string(help), type, {}});
  return *this;
}

FamilyBuilder& FamilyBuilder::add(double value, std::vector<Label> labels) {
  return add_borrowed(value, views_of(labels));
}

FamilyBuilder& FamilyBuilder::add_borrowed(double value, std::span<const LabelView> labels) {
  Known& known = find(labels);
  const bool sums_up = known.used_in_round == round_ && families_[open_].type == MetricType::kCounter;
  Series& series = series_of(known);
  series.value = sums_up ? series.value + value : value;
  return *this;
}

FamilyBuilder& FamilyBuilder::add(std::shared_ptr<const HistogramValue> value, std::vector<Label> labels) {
  Known& known = find(views_of(labels));
  const bool unchanged = value != nullptr && known.histogram != nullptr && is_same(*value, *known.histogram);
  if (!unchanged) known.histogram = std::move(value);
  series_of(known).histogram = known.histogram;
  return *this;
}

FamilyBuilder& FamilyBuilder::add(Family family) {
  open(family.name, family.help, family.type);
  std::vector<Series>& into = families_[open_].series;
  if (into.empty()) {
    into = std::move(family.series);
  } else {
    into.insert(into.end(), std::make_move_iterator(family.series.begin()),
                std::make_move_iterator(family.series.end()));
  }
  return *this;
}

std::vector<Family> FamilyBuilder::take() {
  std::erase_if(known_, [&](const auto& row) {
    const Spelling& spelling = row.second;
    return spelling.series->used_in_round != round_ || (!spelling.is_clean && spelling.used_in_round != round_);
  });
  std::erase_if(families_, [](const Family& family) { return family.series.empty(); });
  family_numbers_.clear();
  ++round_;
  open_ = 0;
  return std::exchange(families_, {});
}

FamilyBuilder::Known& FamilyBuilder::find(std::span<const LabelView> labels) {
  assert(open_ < families_.size());
  const std::string& family = families_[open_].name;
  write_key(key_, family, labels);
  if (const auto row = known_.find(std::string_view(key_)); row != known_.end()) {
    row->second.used_in_round = round_;
    return *row->second.series;
  }
  std::vector<Label> clean;
  clean.reserve(labels.size());
  for (const LabelView& label : labels) clean.push_back({std::string(label.name), std::string(label.value)});
  clean = clean_labels(std::move(clean));
  std::string as_given = std::exchange(key_, {});
  write_key(key_, family, views_of(clean));
  Spelling& spelling = known_[key_];
  if (spelling.series == nullptr) {
    spelling = {std::make_shared<Known>(Known{make_identity(std::move(clean)), nullptr, 0, 0}), true, round_};
  }
  Known& series = *spelling.series;
  if (as_given != key_) known_.emplace(std::move(as_given), Spelling{spelling.series, false, round_});
  return series;
}

Series& FamilyBuilder::series_of(Known& known) {
  std::vector<Series>& all = families_[open_].series;
  if (known.used_in_round != round_) {
    known.used_in_round = round_;
    known.position = all.size();
    all.push_back(Series{known.identity, 0, nullptr});
  }
  return all[known.position];
}

std::span<const LabelView> FamilyBuilder::views_of(const std::vector<Label>& labels) {
  views_.clear();
  for (const Label& label : labels) views_.push_back({label.name, label.value});
  return views_;
}

}  // namespace sonde::measure
