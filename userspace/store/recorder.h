#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "measure/types.h"
#include "store/histogram_codec.h"
#include "store/matching.h"
#include "store/series_table.h"
#include "store/types.h"

namespace sonde::store {

/// A SamplingDemand that is ready to be asked.
struct ReadyDemand {
  SeriesMatcher matcher;
  std::int64_t interval_ms = 0;
};

/// Writes snapshots into the table: finds each series' place, decides which are due, marks those that end.
/// threads: one at a time.  owner: the caller keeps the table and the options.
class Recorder {
 public:
  Recorder(SeriesTable& table, const StoreOptions& options);

  void set_demands(std::vector<ReadyDemand> demands);

  /// When samples of `now` are written: on the grid of the time before, if it is close. Ticks come a few milliseconds
  /// early or late; on a grid their times cost one bit (Prometheus aligns scrapes within 2 ms for the same reason).
  [[nodiscard]] std::int64_t align(std::int64_t now_ms) const;

  /// What Database::append says.
  void append(const measure::Snapshot& snapshot, std::int64_t at_ms);

  /// What Database::append_outputs says.
  void append_outputs(const std::string& origin, const std::vector<Output>& outputs, std::int64_t at_ms);

  [[nodiscard]] std::uint64_t appended_samples() const noexcept { return appended_samples_; }
  [[nodiscard]] std::uint64_t out_of_order_samples() const noexcept { return out_of_order_samples_; }
  [[nodiscard]] std::vector<MetricMetadata> metadata() const;

  /// At least what append() has added to the table's memory, beside the index, since this was last asked.
  [[nodiscard]] std::size_t take_grown_bytes() noexcept { return std::exchange(grown_bytes_, 0); }

  /// For what the table does not count.
  [[nodiscard]] std::size_t memory_bytes() const;

  /// What options say of a series that came into the table; append() does it itself.
  void prepare(StoredSeries& series);

 private:
  /// From a series of the snapshot to its place. Holding the identity keeps its address unique.
  struct Route {
    std::shared_ptr<const measure::SeriesIdentity> identity;
    SeriesSlot slot = 0;
  };
  struct FamilyRoutes {
    measure::MetricType type = measure::MetricType::kGauge;
    std::string help;
    std::vector<Route> routes;
    std::uint32_t seen_in_pass = 0;
  };
  /// The place of an output. Another series may have come there since, with another reference.
  struct Place {
    SeriesSlot slot = 0;
    std::uint64_t reference = 0;

    auto operator<=>(const Place&) const = default;
  };
  struct Interval {
    std::int64_t length_ms = 0;
    std::optional<std::int64_t> next_ms;
    bool is_due = false;
  };

  [[nodiscard]] bool find_due(std::int64_t at_ms);
  void append_family(const measure::Family& family, std::int64_t at_ms);
  StoredSeries& find_series(const Labels& labels, bool is_histogram);
  [[nodiscard]] SeriesSlot find_slot(const measure::Family& family, const measure::Series& series);
  [[nodiscard]] bool has_begun(measure::MetricType type, std::int64_t at_ms) const;
  void append_series(StoredSeries& stored, const measure::Family& family, const measure::Series& series,
                     std::int64_t at_ms);
  void take(StoredSeries& stored, double value, std::int64_t at_ms);
  void take(StoredSeries& stored, const measure::HistogramValue& value, std::int64_t at_ms);
  void end_series(StoredSeries& stored, std::int64_t at_ms);
  void end_missing(const std::vector<Route>& routes, std::int64_t at_ms);
  void end_lost_in_restart(std::int64_t at_ms);
  template <class Codec>
  void note_growth(const Tier<Codec>& tier, std::size_t open_bytes, std::size_t closed_count);
  [[nodiscard]] bool admits(const StoredSeries& stored, std::int64_t at_ms);
  [[nodiscard]] std::uint16_t interval_of(const StoredSeries& stored);

  SeriesTable& table_;
  const StoreOptions& options_;
  std::vector<ReadyDemand> demands_;
  std::vector<Interval> intervals_;  // the first is StoreOptions::interval
  std::unordered_map<std::string, FamilyRoutes> families_;
  std::unordered_map<std::string, std::vector<Place>> outputs_;  // sorted
  std::uint32_t pass_ = 0;
  std::uint64_t generation_ = 0;
  std::optional<std::int64_t> first_ms_;     // of this process
  std::optional<std::int64_t> previous_ms_;  // of the snapshot before
  bool restart_is_settled_ = false;
  HistogramCounts counts_;  // kept for its memory
  std::size_t grown_bytes_ = 0;
  std::uint64_t appended_samples_ = 0;
  std::uint64_t out_of_order_samples_ = 0;
};

}  // namespace sonde::store
