#pragma once

#include <memory>
#include <string>
#include <vector>

#include "store/matching.h"
#include "store/series_table.h"
#include "store/types.h"

namespace sonde::store {

/// What a stored series had for a selection, independent of the table it came from.
struct Match {
  Parts parts;
  Labels labels;  ///< with the family's name, not those of the single parts
  std::vector<ChunkPointer> chunks;
};

/// Takes what matches out of the table. Without `with_samples`, chunks are left out.
/// threads: nobody may change the table meanwhile.
[[nodiscard]] std::vector<Match> find_matches(const SeriesTable& table, SeriesMatcher& matcher,
                                              const Selection& selection, bool with_samples);

/// The label sets that a match stands for.  shape: not sorted.
[[nodiscard]] std::vector<Labels> labels_of(const Match& match);

/// The series that the matches stand for, sorted by labels. With `fine`, the buckets of all histograms of a metric have
/// the same bounds, so that `sum by (le)` over them is sound (make_fine_bounds()).
[[nodiscard]] std::vector<std::unique_ptr<SeriesView>> make_views(std::vector<Match> matches,
                                                                  const Selection& selection, bool fine);

/// Sorted by labels: name by name, value by value (as Prometheus' labels.Compare).
[[nodiscard]] bool comes_before(const Labels& left, const Labels& right);

}  // namespace sonde::store
