#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "measure/types.h"

namespace sonde::serve {

/// Histories of snapshots as the measure stage makes them, with everything odd that may stand in one.
class SnapshotMaker {
 public:
  explicit SnapshotMaker(std::uint64_t seed) : random_(seed) {
    for (int i = 0; i < 6; ++i) add_family();
  }

  std::shared_ptr<const measure::Snapshot> now() {
    auto snapshot = std::make_shared<measure::Snapshot>();
    snapshot->generation = ++generation_;
    snapshot->families = families_;
    return snapshot;
  }

  /// Changes some series, adds some, takes some away; now and then a family comes or goes.
  void step() {
    for (measure::Family& family : families_) {
      for (measure::Series& series : family.series) {
        if (below(3) == 0) change(series, family.type);
      }
      if (below(2) == 0) family.series.push_back(new_series(family.type));
      if (below(4) == 0 && !family.series.empty()) {
        family.series.erase(family.series.begin() + static_cast<std::ptrdiff_t>(below(family.series.size())));
      }
    }
    if (below(5) == 0) add_family();
    if (below(5) == 0 && families_.size() > 2) families_.erase(families_.begin());
    if (below(5) == 0 && families_.size() > 1) std::swap(families_.front(), families_.back());
  }

  static measure::Series series(std::vector<measure::Label> labels, double value) {
    return {std::make_shared<const measure::SeriesIdentity>(measure::SeriesIdentity{++last_id, std::move(labels)}),
            value, nullptr};
  }

 private:
  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }

  void add_family() {
    const auto type = static_cast<measure::MetricType>(below(4));
    measure::Family family{"family_" + std::to_string(++family_count_), help(), type, {}};
    for (std::uint64_t i = below(5); i > 0; --i) family.series.push_back(new_series(type));
    families_.push_back(std::move(family));
  }

  std::string help() {
    static const std::vector<std::string> kHelps{"", "Plain.", "Two\nlines.", "A back\\slash and \"quotes\".",
                                                 "\xC3\xA9"};
    return kHelps[below(kHelps.size())];
  }

  measure::Series new_series(measure::MetricType type) {
    static const std::vector<std::string> kValues{
        "plain",      "with \"quotes\"", "back\\slash", "new\nline", "\xC3\xA9\xE2\x82\xAC",
        "{le=\"1\"}", "a,b=\"c\"",       "\\n\\\"",     " "};
    std::vector<measure::Label> labels;
    for (std::uint64_t i = below(4); i > 0; --i) {
      labels.push_back({"label_" + std::to_string(i), kValues[below(kValues.size())]});
    }
    labels.push_back({"n", std::to_string(last_id)});
    if (below(8) == 0) labels.clear();
    measure::Series made = series(std::move(labels), 0);
    change(made, type);
    return made;
  }

  void change(measure::Series& series, measure::MetricType type) {
    if (type != measure::MetricType::kHistogram) {
      series.value = number();
      return;
    }
    auto next = series.histogram == nullptr ? std::make_shared<measure::HistogramValue>()
                                            : std::make_shared<measure::HistogramValue>(*series.histogram);
    for (std::uint64_t i = below(20); i > 0; --i) {
      const std::uint64_t times = below(4) == 0 ? random_() >> 20U : 1;
      next->bucket_counts[below(next->bucket_counts.size())] += times;
      next->count += times;
      next->sum_seconds += static_cast<double>(below(1'000'000)) * 1e-7;
    }
    series.histogram = std::move(next);
  }

  double number() {
    static const std::vector<double> kOdd{0.0,
                                          -0.0,
                                          1e15,
                                          1e16,
                                          1e-5,
                                          0.1,
                                          1.0 / 3,
                                          -2.5,
                                          999999999999999.0,
                                          1e300,
                                          5e-324,
                                          1e15 + 1,
                                          std::numeric_limits<double>::quiet_NaN(),
                                          std::numeric_limits<double>::infinity(),
                                          -std::numeric_limits<double>::infinity()};
    switch (below(3)) {
      case 0:
        return kOdd[below(kOdd.size())];
      case 1:
        return static_cast<double>(below(1'000'000'000));
      default:
        return std::ldexp(static_cast<double>(random_()), static_cast<int>(below(200)) - 100);
    }
  }

  inline static std::uint64_t last_id = 0;
  std::mt19937_64 random_;
  std::uint64_t generation_ = 0;
  int family_count_ = 0;
  std::vector<measure::Family> families_;
};

}  // namespace sonde::serve
