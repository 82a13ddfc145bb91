#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "store/histogram_codec.h"

namespace sonde::store {

/// Upper bounds of the buckets that a histogram is shown with instead of the classic ones: both edges of every fine
/// bucket in use, so that interpolating within one errs by at most its width, 1.1 %, and by 0.55 % from its middle.
struct FineBounds {
  std::vector<std::uint32_t> limits;  ///< bound i counts the fine buckets with an index below limits[i]; ascending
  std::vector<std::string> texts;     ///< its `le`
};

using FineIndexSet = std::bitset<kFineIndexes>;

/// Adds the indexes of every fine bucket that `chunk` has counts in.
void add_fine_indexes(const Chunk& chunk, FineIndexSet& used);

/// The bounds for `histograms` histograms of one metric that use these buckets between them. Where that would make more
/// than `max_series` series, neighbouring buckets are merged, two at a time, as halving the schema of a native
/// histogram does; the result is empty, and the classic bounds are to be taken, if octaves are too many still or
/// nothing is used.
[[nodiscard]] FineBounds make_fine_bounds(const FineIndexSet& used, std::size_t histograms, std::size_t max_series);

}  // namespace sonde::store
