#pragma once

#include <re2/re2.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "promql/series_source.h"
#include "store/types.h"

namespace sonde::test {

/// Whether labels hold a condition.  errors: kBadInput for a regular expression that is none.
inline Result<bool> matches(const store::Labels& labels, const store::Matcher& matcher) {
  std::string_view value;
  for (const measure::Label& label : labels) {
    if (label.name == matcher.name) value = label.value;
  }
  switch (matcher.op) {
    case store::MatchOperator::kEqual:
      return value == matcher.value;
    case store::MatchOperator::kNotEqual:
      return value != matcher.value;
    case store::MatchOperator::kRegex:
    case store::MatchOperator::kNotRegex:
      break;
  }
  const RE2 regex("(?s:" + matcher.value + ")", RE2::Quiet);
  if (!regex.ok()) return Error{Code::kBadInput, regex.error()};
  const bool full = RE2::FullMatch({value.data(), value.size()}, regex);
  return full == (matcher.op == store::MatchOperator::kRegex);
}

/// Likewise, of all conditions.
inline Result<bool> matches(const store::Labels& labels, const std::vector<store::Matcher>& matchers) {
  for (const store::Matcher& matcher : matchers) {
    if (!SONDE_TRY(matches(labels, matcher))) return false;
  }
  return true;
}

/// Series that a test has put into memory.
class MemorySeries final : public promql::SeriesSource {
 public:
  /// Adds samples; one at the same time as another takes its place.
  void add(store::Labels labels, const std::vector<store::Sample>& samples) {
    std::sort(labels.begin(), labels.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    auto& known = series_[key_of(labels)];
    if (known.labels == nullptr) known.labels = std::make_shared<const store::Labels>(std::move(labels));
    auto grown = std::make_shared<std::vector<store::Sample>>();
    if (known.samples != nullptr) *grown = *known.samples;
    for (const store::Sample& sample : samples) insert(sample, *grown);
    known.samples = std::move(grown);
  }

  void clear() { series_.clear(); }

  [[nodiscard]] Result<std::vector<std::unique_ptr<store::SeriesView>>> select(
      const store::Selection& selection) const override {
    selections_.push_back(selection);
    std::vector<std::unique_ptr<store::SeriesView>> views;
    for (const auto& [key, series] : series_) {
      if (SONDE_TRY(matches(*series.labels, selection.matchers))) views.push_back(std::make_unique<View>(series));
    }
    return views;
  }

  /// What was asked for so far, in order.
  [[nodiscard]] const std::vector<store::Selection>& selections() const { return selections_; }

 private:
  struct Series {
    std::shared_ptr<const store::Labels> labels;
    std::shared_ptr<const std::vector<store::Sample>> samples;
  };

  class View final : public store::SeriesView {
   public:
    explicit View(Series series) : series_(std::move(series)) {}

    [[nodiscard]] const std::shared_ptr<const store::Labels>& labels() const override { return series_.labels; }

    void read(std::int64_t from_ms, std::int64_t to_ms, std::vector<store::Sample>& samples) const override {
      samples.clear();
      for (const store::Sample& sample : *series_.samples) {
        if (sample.at_ms >= from_ms && sample.at_ms <= to_ms) samples.push_back(sample);
      }
    }

   private:
    Series series_;
  };

  /// Sorts as labels do, name by name and value by value.
  static std::vector<std::pair<std::string, std::string>> key_of(const store::Labels& labels) {
    std::vector<std::pair<std::string, std::string>> key;
    for (const measure::Label& label : labels) key.emplace_back(label.name, label.value);
    return key;
  }

  static void insert(const store::Sample& sample, std::vector<store::Sample>& samples) {
    const auto at = std::lower_bound(samples.begin(), samples.end(), sample.at_ms,
                                     [](const store::Sample& each, std::int64_t at_ms) { return each.at_ms < at_ms; });
    if (at != samples.end() && at->at_ms == sample.at_ms) {
      at->value = sample.value;
    } else {
      samples.insert(at, sample);
    }
  }

  std::map<std::vector<std::pair<std::string, std::string>>, Series> series_;
  mutable std::vector<store::Selection> selections_;
};

}  // namespace sonde::test
