#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "store/database.h"

namespace sonde::store {

inline constexpr WallTime kStart{std::chrono::seconds{1'800'000'000}};
inline constexpr std::int64_t kStartMs = 1'800'000'000'000;
inline constexpr std::int64_t kForever = std::int64_t{1} << 60U;

inline WallTime at_ms(std::int64_t since_start_ms) { return kStart + std::chrono::milliseconds{since_start_ms}; }

/// Counts like the measure module: an identity for each series, a new value pointer for each change.
class MeasuredHost {
 public:
  using LabelPairs = std::vector<measure::Label>;

  void set(const std::string& family, const LabelPairs& labels, double value,
           measure::MetricType type = measure::MetricType::kGauge) {
    Live& live = live_of(family, labels, type);
    live.value = value;
  }
  void count(const std::string& family, const LabelPairs& labels, double value) {
    set(family, labels, value, measure::MetricType::kCounter);
  }

  void observe(const std::string& family, const LabelPairs& labels, std::chrono::nanoseconds duration,
               std::uint32_t times = 1) {
    Live& live = live_of(family, labels, measure::MetricType::kHistogram);
    auto value =
        std::make_shared<measure::HistogramValue>(live.histogram ? *live.histogram : measure::HistogramValue{});
    auto fine = std::make_shared<ExponentialHistogram>(value->fine ? *value->fine : ExponentialHistogram{});
    fine->observe(duration, times);
    const auto above = std::lower_bound(kDurationBounds.begin(), kDurationBounds.end(), duration);
    value->bucket_counts[static_cast<std::size_t>(above - kDurationBounds.begin())] += times;
    value->count += times;
    value->sum_seconds += static_cast<double>(duration.count()) * 1e-9 * times;
    value->fine = std::move(fine);
    live.histogram = std::move(value);
  }

  void remove(const std::string& family, const LabelPairs& labels) {
    families_[family].series.erase(key_of(labels));
    ++generation_;
  }

  /// As after a restart of the process that counts.
  void restart() {
    families_.clear();
    ++generation_;
  }

  [[nodiscard]] measure::Snapshot snapshot() {
    measure::Snapshot snapshot{++generation_, {}, {}};
    for (const auto& [name, family] : families_) {
      measure::Family& into = snapshot.families.emplace_back();
      into.name = name;
      into.help = "Help of " + name + ".";
      into.type = family.type;
      for (const auto& [key, live] : family.series) into.series.push_back({live.identity, live.value, live.histogram});
    }
    return snapshot;
  }

 private:
  struct Live {
    std::shared_ptr<const measure::SeriesIdentity> identity;
    double value = 0;
    std::shared_ptr<const measure::HistogramValue> histogram;
  };
  struct LiveFamily {
    measure::MetricType type = measure::MetricType::kGauge;
    std::map<std::string, Live> series;
  };

  static std::string key_of(const LabelPairs& labels) {
    std::string key;
    for (const measure::Label& label : labels) key += label.name + "=" + label.value + ",";
    return key;
  }

  Live& live_of(const std::string& family, const LabelPairs& labels, measure::MetricType type) {
    families_[family].type = type;
    Live& live = families_[family].series[key_of(labels)];
    if (!live.identity) {
      live.identity = std::make_shared<const measure::SeriesIdentity>(measure::SeriesIdentity{++last_id_, labels});
    }
    return live;
  }

  std::map<std::string, LiveFamily> families_;
  std::uint64_t generation_ = 0;
  std::uint64_t last_id_ = 0;
};

/// A directory that goes with its test.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sonde_store_XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline std::unique_ptr<Database> open_database(const StoreOptions& options,
                                               std::vector<std::string>* notices = nullptr) {
  std::vector<std::string> said;
  auto database = Database::open(options, said);
  EXPECT_TRUE(database) << database.error().what;
  if (notices != nullptr) *notices = std::move(said);
  return database ? *std::move(database) : nullptr;
}

/// NAME{label="value",...}
inline std::string text_of(const Labels& labels) {
  std::string name;
  std::string text;
  for (const measure::Label& label : labels) {
    if (label.name == kNameLabel) {
      name = label.value;
    } else {
      text += (text.empty() ? "" : ",") + label.name + "=\"" + label.value + "\"";
    }
  }
  return name + "{" + text + "}";
}

struct ReadSeries {
  std::string name;
  std::vector<Sample> samples;
};

inline std::vector<ReadSeries> read(const Database& database, const Selection& selection) {
  auto views = database.select(selection);
  EXPECT_TRUE(views) << views.error().what;
  std::vector<ReadSeries> all;
  if (!views) return all;
  for (const auto& view : *views) {
    ReadSeries& series = all.emplace_back();
    series.name = text_of(*view->labels());
    view->read(selection.from_ms, selection.to_ms, series.samples);
  }
  return all;
}

inline std::vector<ReadSeries> read(const Database& database, std::vector<Matcher> matchers) {
  return read(database, Selection{std::move(matchers), -kForever, kForever, false});
}

/// "10000:1 20000:stale", times since kStart.
inline std::string text_of(const std::vector<Sample>& samples) {
  std::string text;
  for (const Sample& sample : samples) {
    if (!text.empty()) text += " ";
    text += std::to_string(sample.at_ms - kStartMs) + ":";
    std::string value = std::to_string(sample.value);
    value.erase(value.find_last_not_of('0') + 1);
    if (value.back() == '.') value.pop_back();
    text += is_stale(sample.value) ? "stale" : value;
  }
  return text;
}

/// The samples of the one series of that name.
inline std::string samples_of(const Database& database, const std::string& name) {
  const auto all = read(database, {{std::string(kNameLabel), MatchOperator::kEqual, name}});
  EXPECT_LE(all.size(), 1U);
  return all.empty() ? "" : text_of(all.front().samples);
}

}  // namespace sonde::store
