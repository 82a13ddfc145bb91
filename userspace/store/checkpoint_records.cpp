#include "store/checkpoint_records.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

namespace sonde::store {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{64} << 10U;
constexpr std::size_t kMaxLabels = 1'000;

enum class Record : std::uint8_t { kSeries = 1, kChunk = 2 };

void put_number(std::string& into, std::uint64_t number) {
  while (number >= 0x80) {
    into += static_cast<char>(number | 0x80U);
    number >>= 7U;
  }
  into += static_cast<char>(number);
}

void put_text(std::string& into, std::string_view text) {
  put_number(into, text.size());
  into += text;
}

std::optional<std::uint64_t> take_number(std::string_view& from) {
  std::uint64_t number = 0;
  for (unsigned shift = 0; shift < 64 && !from.empty(); shift += 7) {
    const auto byte = static_cast<std::uint8_t>(from.front());
    from.remove_prefix(1);
    number |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
    if (byte < 0x80) return number;
  }
  return {};
}

std::optional<std::string_view> take_text(std::string_view& from) {
  const auto size = take_number(from);
  if (!size || *size > from.size()) return {};
  const std::string_view text = from.substr(0, *size);
  from.remove_prefix(*size);
  return text;
}

void put_series(std::string& into, const StoredSeries& series) {
  put_number(into, static_cast<std::uint64_t>(Record::kSeries));
  put_number(into, series.reference);
  put_number(into, series.is_histogram() ? 1 : 0);
  put_number(into, series.labels.size());
  for (const LabelIndex::Entry& entry : series.labels) {
    put_text(into, entry.name->first);
    put_text(into, entry.value->first);
  }
}

/// Which tier a chunk is of, and how much of it is known from before.
struct ChunkPlace {
  std::uint64_t reference = 0;
  bool is_thinned = false;
  std::size_t known_bytes = 0;
};

void put_chunk(std::string& into, const ChunkPlace& place, const Chunk& chunk) {
  // More bits may have come into the last byte that is known.
  const std::size_t offset = place.known_bytes == 0 ? 0 : place.known_bytes - 1;
  put_number(into, static_cast<std::uint64_t>(Record::kChunk));
  put_number(into, place.reference);
  put_number(into, place.is_thinned ? 1 : 0);
  put_number(into, chunk.number);
  put_number(into, chunk.sample_count);
  put_number(into, fold_sign(chunk.from_ms));
  put_number(into, static_cast<std::uint64_t>(chunk.to_ms - chunk.from_ms));
  put_number(into, offset);
  put_text(into, {reinterpret_cast<const char*>(chunk.bytes.data()) + offset, chunk.bytes.size() - offset});
}

template <class Codec>
void put_tier(std::string& into, ChunkPlace place, const Tier<Codec>& tier, const SavedUpTo& saved) {
  const auto is_known = [&](std::uint32_t number, std::uint32_t sample_count) {
    return number < saved.number || (number == saved.number && sample_count == saved.sample_count);
  };
  const auto put = [&](const Chunk& chunk) {
    place.known_bytes = chunk.number == saved.number ? saved.bytes : 0;
    put_chunk(into, place, chunk);
  };
  for (const ChunkPointer& chunk : tier.closed()) {
    if (!is_known(chunk->number, chunk->sample_count)) put(*chunk);
  }
  const OpenChunk<Codec>& open = tier.open();
  if (!open.empty() && !is_known(open.number(), open.sample_count())) put(open.copy());
}

void put_samples(std::string& into, const StoredSeries& series, bool everything) {
  series.visit_tiers([&](const auto& tiers) {
    put_tier(into, {series.reference, false, 0}, tiers.full, everything ? SavedUpTo{} : tiers.full.saved());
    if (!tiers.thinned) return;
    put_tier(into, {series.reference, true, 0}, *tiers.thinned, everything ? SavedUpTo{} : tiers.thinned->saved());
  });
}

/// Only the last chunk of a series is gone on with.
template <class Codec>
std::size_t restore(std::vector<Chunk>& chunks, Tier<Codec>& tier) {
  std::size_t misfits = 0;
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    if (!tier.restore(std::move(chunks[i]), i + 1 == chunks.size())) ++misfits;
  }
  return misfits;
}

}  // namespace

Result<> write_records(const SeriesTable& table, bool everything, BlockSink& sink) {
  std::string block;
  Result<> outcome = Ok{};
  table.for_each([&](const StoredSeries& series) {
    if (!outcome || series.empty()) return;
    if (everything || !series.in_checkpoint) put_series(block, series);
    put_samples(block, series, everything);
    if (block.size() < kBlockBytes) return;
    outcome = sink.write_block(block);
    block.clear();
  });
  if (!outcome || block.empty()) return outcome;
  return sink.write_block(block);
}

void mark_saved(SeriesTable& table) {
  table.for_each([](StoredSeries& series) {
    if (series.empty()) return;
    series.in_checkpoint = true;
    series.visit_tiers([](auto& tiers) {
      tiers.full.mark_saved();
      if (tiers.thinned) tiers.thinned->mark_saved();
    });
  });
}

bool CheckpointLoader::read_block(std::string_view block) {
  while (!block.empty()) {
    const auto record = take_number(block);
    const bool is_series = record == static_cast<std::uint64_t>(Record::kSeries);
    const bool is_chunk = record == static_cast<std::uint64_t>(Record::kChunk);
    if (is_series && read_series(block)) continue;
    if (is_chunk && read_chunk(block)) continue;
    return false;
  }
  return true;
}

bool CheckpointLoader::read_series(std::string_view& block) {
  const auto reference = take_number(block);
  const auto is_histogram = take_number(block);
  const auto size = take_number(block);
  if (!reference || !is_histogram || !size || *size > kMaxLabels) return false;
  LoadedSeries series;
  series.is_histogram = *is_histogram == 1;
  for (std::uint64_t i = 0; i < *size; ++i) {
    const auto name = take_text(block);
    const auto value = take_text(block);
    if (!name || !value || value->empty()) return false;
    if (i > 0 && *name <= series.labels.back().name) return false;
    series.labels.push_back({std::string(*name), std::string(*value)});
  }
  const bool has_name = std::any_of(series.labels.begin(), series.labels.end(),
                                    [](const measure::Label& label) { return label.name == kNameLabel; });
  if (!has_name) return false;
  LoadedSeries& known = series_[*reference];
  known.labels = std::move(series.labels);
  known.is_histogram = series.is_histogram;
  return true;
}

bool CheckpointLoader::read_chunk(std::string_view& block) {
  const auto reference = take_number(block);
  const auto is_thinned = take_number(block);
  const auto number = take_number(block);
  const auto sample_count = take_number(block);
  const auto from = take_number(block);
  const auto length_ms = take_number(block);
  const auto offset = take_number(block);
  const auto bytes = take_text(block);
  constexpr std::uint64_t kMaxNumber = std::numeric_limits<std::uint32_t>::max() - 1;
  if (!reference || !is_thinned || *is_thinned > 1 || !bytes) return false;
  if (*number > kMaxNumber || *sample_count == 0 || *sample_count > kMaxNumber) return false;
  Chunk chunk{
      unfold_sign(*from), 0, static_cast<std::uint32_t>(*number), static_cast<std::uint32_t>(*sample_count), {}};
  constexpr auto kMaxLength = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (*length_ms > kMaxLength) return false;
  if (__builtin_add_overflow(chunk.from_ms, static_cast<std::int64_t>(*length_ms), &chunk.to_ms)) return false;
  const auto found = series_.find(*reference);
  if (found == series_.end()) {
    ++misfits_;
    return true;
  }
  std::vector<Chunk>& chunks = found->second.chunks[*is_thinned];
  const bool goes_on = !chunks.empty() && chunks.back().number == chunk.number;
  if (goes_on ? *offset > chunks.back().bytes.size() : *offset > 0) {
    ++misfits_;
    return true;
  }
  if (goes_on) {
    chunk.bytes = std::move(chunks.back().bytes);
    chunk.bytes.resize(*offset);
    chunks.pop_back();
  }
  chunk.bytes.insert(chunk.bytes.end(), bytes->begin(), bytes->end());
  chunks.push_back(std::move(chunk));
  return true;
}

std::size_t CheckpointLoader::finish(SeriesTable& table) {
  for (auto& row : series_) {
    LoadedSeries& loaded = row.second;
    StoredSeries& series = table.find_or_add(loaded.labels, loaded.is_histogram);
    misfits_ += series.visit_tiers([&]<class Codec>(Tiers<Codec>& tiers) {
      std::size_t misfits = restore(loaded.chunks[0], tiers.full);
      if (loaded.chunks[1].empty()) return misfits;
      if (!tiers.thinned) tiers.thinned = std::make_unique<Tier<Codec>>();
      return misfits + restore(loaded.chunks[1], *tiers.thinned);
    });
  }
  series_.clear();
  return std::exchange(misfits_, 0);
}

}  // namespace sonde::store
