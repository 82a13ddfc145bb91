#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "store/float_codec.h"
#include "store/histogram_codec.h"
#include "store/label_index.h"
#include "store/tier.h"
#include "store/types.h"

namespace sonde::store {

/// As it is kept: a histogram is one series.
struct StoredSeries {
  SeriesSlot slot = 0;
  std::uint64_t reference = 0;  ///< what checkpoints call it; never used again
  std::uint64_t hash = 0;       ///< of its labels and kind
  std::vector<LabelIndex::Entry> labels;
  std::uint32_t seen_in_pass = 0;    ///< the last append that had it; 0: none since the start
  std::uint16_t interval_index = 0;  ///< which of the sampler's intervals
  bool is_live = false;              ///< in the last snapshot
  bool keeps_long = false;           ///< one of StoreOptions::long_metrics
  bool in_checkpoint = false;        ///< a file says what `reference` is
  Tiers<FloatCodec> numbers;         ///< empty if it is a histogram
  std::unique_ptr<Tiers<HistogramCodec>> histogram;

  [[nodiscard]] bool is_histogram() const noexcept { return histogram != nullptr; }
  [[nodiscard]] std::string_view family() const noexcept;
  [[nodiscard]] bool empty() const noexcept { return histogram ? histogram->empty() : numbers.empty(); }
  [[nodiscard]] bool overlaps(std::int64_t from_ms, std::int64_t to_ms) const noexcept {
    return histogram ? histogram->overlaps(from_ms, to_ms) : numbers.overlaps(from_ms, to_ms);
  }

  /// How many series Prometheus would have for it.
  [[nodiscard]] std::size_t series_count() const noexcept { return histogram ? kClassicBuckets + 2 : 1; }

  /// Calls `visit` with its Tiers.
  template <class Visitor>
  decltype(auto) visit_tiers(Visitor&& visit) {
    if (histogram) return visit(*histogram);
    return visit(numbers);
  }
  template <class Visitor>
  decltype(auto) visit_tiers(Visitor&& visit) const {
    if (histogram) return visit(static_cast<const Tiers<HistogramCodec>&>(*histogram));
    return visit(numbers);
  }

  /// Of everything but the index' texts.
  [[nodiscard]] std::size_t memory_bytes() const noexcept;
};

}  // namespace sonde::store
