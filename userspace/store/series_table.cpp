#include "store/series_table.h"

#include <algorithm>
#include <functional>
#include <string>

namespace sonde::store {
namespace {

std::uint64_t hash_of(const Labels& labels, bool is_histogram) {
  std::uint64_t hash = is_histogram ? 1 : 0;
  const auto mix = [&hash](const std::string& text) {
    hash = (hash ^ std::hash<std::string>{}(text)) * 0x9e3779b97f4a7c15ULL;
    hash ^= hash >> 29U;
  };
  for (const measure::Label& label : labels) {
    mix(label.name);
    mix(label.value);
  }
  return hash;
}

bool has_labels(const StoredSeries& series, const Labels& labels) {
  return std::equal(series.labels.begin(), series.labels.end(), labels.begin(), labels.end(),
                    [](const LabelIndex::Entry& entry, const measure::Label& label) {
                      return entry.name->first == label.name && entry.value->first == label.value;
                    });
}

}  // namespace

std::string_view StoredSeries::family() const noexcept {
  const auto name = std::find_if(labels.begin(), labels.end(),
                                 [](const LabelIndex::Entry& entry) { return entry.name->first == kNameLabel; });
  return name == labels.end() ? std::string_view() : std::string_view(name->value->first);
}

std::size_t StoredSeries::memory_bytes() const noexcept {
  constexpr std::size_t kAllocations = 3 * 16;
  std::size_t bytes = sizeof(StoredSeries) + kAllocations + labels.capacity() * sizeof(LabelIndex::Entry);
  if (histogram) bytes += sizeof(*histogram);
  visit_tiers([&](const auto& tiers) {
    bytes += tiers.full.heap_bytes();
    if (tiers.thinned) bytes += sizeof(*tiers.thinned) + tiers.thinned->heap_bytes();
  });
  return bytes;
}

Labels SeriesTable::labels_of(std::string_view family, const std::vector<measure::Label>& labels) {
  Labels all;
  all.reserve(labels.size() + 1);
  all.push_back({std::string(kNameLabel), std::string(family)});
  for (const measure::Label& label : labels) {
    if (!label.value.empty()) all.push_back(label);
  }
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  all.erase(std::unique(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name == b.name; }),
            all.end());
  return all;
}

StoredSeries& SeriesTable::find_or_add(const Labels& labels, bool is_histogram) {
  const std::uint64_t hash = hash_of(labels, is_histogram);
  const auto [begin, end] = by_hash_.equal_range(hash);
  for (auto row = begin; row != end; ++row) {
    StoredSeries& series = *slots_[row->second];
    if (series.is_histogram() == is_histogram && has_labels(series, labels)) return series;
  }
  const SeriesSlot slot = free_slot();
  slots_[slot] = std::make_unique<StoredSeries>();
  StoredSeries& series = *slots_[slot];
  series.slot = slot;
  series.reference = ++last_reference_;
  series.hash = hash;
  series.labels = index_.add(slot, labels);
  if (is_histogram) series.histogram = std::make_unique<Tiers<HistogramCodec>>();
  by_hash_.emplace(hash, slot);
  return series;
}

SeriesSlot SeriesTable::free_slot() {
  if (free_.empty()) {
    slots_.emplace_back();
    return static_cast<SeriesSlot>(slots_.size() - 1);
  }
  const SeriesSlot slot = free_.back();
  free_.pop_back();
  return slot;
}

void SeriesTable::remove(std::span<const SeriesSlot> slots) {
  std::vector<LabelIndex::Leaver> leavers;
  leavers.reserve(slots.size());
  for (const SeriesSlot slot : slots) leavers.push_back({slot, slots_[slot]->labels});
  index_.remove(leavers);
  for (const SeriesSlot slot : slots) {
    const auto [begin, end] = by_hash_.equal_range(slots_[slot]->hash);
    by_hash_.erase(std::find_if(begin, end, [slot](const auto& row) { return row.second == slot; }));
    slots_[slot] = nullptr;
    free_.push_back(slot);
  }
}

std::size_t SeriesTable::memory_bytes() const {
  std::size_t bytes = index_.bytes() + slots_.size() * kPlaceBytes + free_.capacity() * sizeof(SeriesSlot);
  for_each([&](const StoredSeries& series) { bytes += series.memory_bytes(); });
  return bytes;
}

}  // namespace sonde::store
