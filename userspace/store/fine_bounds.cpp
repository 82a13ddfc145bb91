#include "store/fine_bounds.h"

#include <array>
#include <bit>
#include <charconv>

namespace sonde::store {
namespace {

constexpr unsigned kMaxMerges = std::countr_zero(static_cast<unsigned>(ExponentialHistogram::kBucketsPerOctave));

/// Both edges of all buckets in use once 2^merges neighbours are one.
std::vector<std::uint32_t> limits_of(const FineIndexSet& used, unsigned merges) {
  std::vector<std::uint32_t> limits;
  for (std::size_t index = 0; index < kFineIndexes; ++index) {
    if (!used[index]) continue;
    const auto lower = static_cast<std::uint32_t>(index >> merges << merges);
    const std::uint32_t upper = lower + (1U << merges);
    if (limits.empty() || limits.back() < lower) limits.push_back(lower);
    if (limits.back() < upper) limits.push_back(upper);
  }
  return limits;
}

std::string text_of(std::uint32_t limit) {
  // The lower edge of the first bucket is that of one nanosecond, which also counts what took none.
  const double seconds = limit == 0 ? 1e-9 : ExponentialHistogram::upper_bound_seconds(limit - 1);
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), seconds).ptr;
  return {text.data(), end};
}

}  // namespace

void add_fine_indexes(const Chunk& chunk, FineIndexSet& used) {
  ChunkReader<HistogramCodec> reader(chunk);
  while (reader.next()) {
    for (const FineBucket& bucket : reader.state().grown) used.set(bucket.index);
  }
}

FineBounds make_fine_bounds(const FineIndexSet& used, std::size_t histograms, std::size_t max_series) {
  FineBounds bounds;
  for (unsigned merges = 0; merges <= kMaxMerges; ++merges) {
    bounds.limits = limits_of(used, merges);
    if ((bounds.limits.size() + 1) * histograms <= max_series) break;
    bounds.limits.clear();
  }
  for (const std::uint32_t limit : bounds.limits) bounds.texts.push_back(text_of(limit));
  return bounds;
}

}  // namespace sonde::store
