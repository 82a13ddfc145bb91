#include "store/retention.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

namespace sonde::store {
namespace {

std::int64_t to_ms(std::chrono::nanoseconds duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

std::int64_t cell_of(std::int64_t at_ms, std::int64_t interval_ms) {
  return at_ms / interval_ms - (at_ms % interval_ms < 0 ? 1 : 0);
}

/// Appends the last sample of each interval to `into`, but of the last one only if `next_ms` is beyond it.
/// Returns how many these were.
template <class Codec>
std::uint64_t thin(const Chunk& chunk, std::int64_t next_ms, std::int64_t interval_ms, Tier<Codec>& into) {
  std::uint64_t kept_count = 0;
  typename Codec::Kept last;
  const auto keep_if_before = [&](std::int64_t at_ms) {
    const bool is_last_of_cell = cell_of(last.at_ms, interval_ms) != cell_of(at_ms, interval_ms);
    if (!is_last_of_cell || (!into.empty() && last.at_ms <= into.last_ms())) return;
    into.append(Codec::sample_of(last));
    ++kept_count;
  };
  ChunkReader<Codec> reader(chunk);
  for (bool is_first = true; reader.next(); is_first = false) {
    Codec::keep(reader.state());
    if (!is_first) keep_if_before(reader.state().at_ms);
    last = Codec::copy(reader.state());
  }
  keep_if_before(next_ms);
  return kept_count;
}

template <class Codec>
std::uint64_t drop_old(Tiers<Codec>& tiers, bool keeps_long, const StoreOptions& options, std::int64_t now_ms) {
  std::uint64_t dropped = 0;
  while (!tiers.full.empty() && tiers.full.oldest_end_ms() < now_ms - to_ms(options.retention)) {
    const ChunkPointer chunk = tiers.full.take_oldest();
    dropped += chunk->sample_count;
    if (!keeps_long) continue;
    if (!tiers.thinned) tiers.thinned = std::make_unique<Tier<Codec>>();
    const std::int64_t next_ms = tiers.full.empty() ? std::numeric_limits<std::int64_t>::max() : tiers.full.first_ms();
    const std::int64_t interval_ms = std::max<std::int64_t>(1, to_ms(options.long_interval));
    dropped -= thin(*chunk, next_ms, interval_ms, *tiers.thinned);
  }
  if (!tiers.thinned) return dropped;
  while (!tiers.thinned->empty() && tiers.thinned->oldest_end_ms() < now_ms - to_ms(options.long_retention)) {
    dropped += tiers.thinned->take_oldest()->sample_count;
  }
  return dropped;
}

struct Candidate {
  std::int64_t end_ms = 0;
  SeriesSlot slot = 0;
};

/// Every chunk of every series, the ones that end first in front.
std::vector<Candidate> chunks_by_age(const SeriesTable& table) {
  std::vector<Candidate> all;
  table.for_each([&](const StoredSeries& series) {
    const auto add_tier = [&](const auto& tier) {
      for (const ChunkPointer& chunk : tier.closed()) all.push_back({chunk->to_ms, series.slot});
      if (!tier.open().empty()) all.push_back({tier.open().to_ms(), series.slot});
    };
    series.visit_tiers([&](const auto& tiers) { tiers.for_each_tier(add_tier); });
  });
  std::sort(all.begin(), all.end(), [](const Candidate& a, const Candidate& b) {
    return a.end_ms != b.end_ms ? a.end_ms < b.end_ms : a.slot < b.slot;
  });
  return all;
}

ChunkPointer take_oldest(StoredSeries& series) {
  return series.visit_tiers([](auto& tiers) {
    return tiers.thinned && !tiers.thinned->empty() ? tiers.thinned->take_oldest() : tiers.full.take_oldest();
  });
}

void forget_empty(SeriesTable& table) {
  std::vector<SeriesSlot> slots;
  table.for_each([&](const StoredSeries& series) {
    if (!series.is_live && series.empty()) slots.push_back(series.slot);
  });
  if (!slots.empty()) table.remove(slots);
}

/// Until `excess_bytes` are free. A little more goes than must, so that not every append has to sort all chunks again.
std::uint64_t drop_oldest(SeriesTable& table, std::size_t excess_bytes) {
  std::uint64_t dropped = 0;
  std::size_t freed_bytes = 0;
  for (const Candidate& candidate : chunks_by_age(table)) {
    if (freed_bytes >= excess_bytes) break;
    StoredSeries& series = *table.at(candidate.slot);
    const ChunkPointer chunk = take_oldest(series);
    freed_bytes += chunk->memory_bytes();
    dropped += chunk->sample_count * series.series_count();
    if (series.empty() && !series.is_live) freed_bytes += series.memory_bytes();
  }
  return dropped;
}

}  // namespace

Dropped drop_what_is_over(SeriesTable& table, const StoreOptions& options, std::int64_t now_ms, std::size_t max_bytes) {
  constexpr std::size_t kSparePart = 32;
  Dropped dropped;
  table.for_each([&](StoredSeries& series) {
    const std::uint64_t samples =
        series.visit_tiers([&](auto& tiers) { return drop_old(tiers, series.keeps_long, options, now_ms); });
    dropped.by_age += samples * series.series_count();
  });
  forget_empty(table);
  dropped.bytes_left = table.memory_bytes();
  while (dropped.bytes_left > max_bytes) {
    const std::uint64_t samples = drop_oldest(table, dropped.bytes_left - max_bytes + max_bytes / kSparePart);
    if (samples == 0) break;
    dropped.by_size += samples;
    forget_empty(table);
    dropped.bytes_left = table.memory_bytes();
  }
  return dropped;
}

}  // namespace sonde::store
