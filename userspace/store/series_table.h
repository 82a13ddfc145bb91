#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/label_index.h"
#include "store/stored_series.h"
#include "store/types.h"

namespace sonde::store {

/// Every stored series, by place and by labels.  threads: one writer or many readers at a time.
class SeriesTable {
 public:
  /// What a series costs here beside itself and the index.
  static constexpr std::size_t kPlaceBytes = 48 + 2 * sizeof(std::unique_ptr<StoredSeries>);

  /// The labels of a series of `family`: with the name, sorted, none empty, each name once.
  [[nodiscard]] static Labels labels_of(std::string_view family, const std::vector<measure::Label>& labels);

  /// The series with these labels; a new one if there is none.  shape: `labels` as labels_of() gives them.
  StoredSeries& find_or_add(const Labels& labels, bool is_histogram);

  /// Forgets series.
  void remove(std::span<const SeriesSlot> slots);

  /// Null if the place is free.
  [[nodiscard]] StoredSeries* at(SeriesSlot slot) noexcept { return slots_[slot].get(); }
  [[nodiscard]] const StoredSeries* at(SeriesSlot slot) const noexcept { return slots_[slot].get(); }

  [[nodiscard]] std::size_t size() const noexcept { return by_hash_.size(); }
  [[nodiscard]] const LabelIndex& index() const noexcept { return index_; }

  /// Calls `visit` with each series.
  template <class Visitor>
  void for_each(Visitor&& visit) {
    for (const auto& series : slots_) {
      if (series) visit(*series);
    }
  }
  template <class Visitor>
  void for_each(Visitor&& visit) const {
    for (const auto& series : slots_) {
      if (series) visit(static_cast<const StoredSeries&>(*series));
    }
  }

  /// What everything costs.
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  SeriesSlot free_slot();

  LabelIndex index_;
  std::vector<std::unique_ptr<StoredSeries>> slots_;
  std::vector<SeriesSlot> free_;
  std::unordered_multimap<std::uint64_t, SeriesSlot> by_hash_;
  std::uint64_t last_reference_ = 0;
};

}  // namespace sonde::store
