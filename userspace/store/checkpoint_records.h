#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/chunk.h"
#include "store/series_table.h"
#include "store/types.h"

namespace sonde::store {

/// Where the blocks of a checkpoint go.
class BlockSink {
 public:
  virtual ~BlockSink() = default;
  virtual Result<> write_block(std::string_view content) = 0;
};

/// Writes all series and samples, or those that mark_saved() has not seen yet.  errors: those of the sink.
[[nodiscard]] Result<> write_records(const SeriesTable& table, bool everything, BlockSink& sink);

/// Everything in the table is in files now.
void mark_saved(SeriesTable& table);

/// Puts a checkpoint back together from its files' blocks, the oldest file first.  threads: one at a time.
class CheckpointLoader {
 public:
  /// False if there is something in the block that no checkpoint has.
  [[nodiscard]] bool read_block(std::string_view block);

  /// Moves everything into `table`. Returns how many pieces had no place: parts of chunks whose beginning is lost.
  std::size_t finish(SeriesTable& table);

 private:
  struct LoadedSeries {
    Labels labels;
    bool is_histogram = false;
    std::vector<Chunk> chunks[2];  // full, thinned
  };

  bool read_series(std::string_view& block);
  bool read_chunk(std::string_view& block);

  std::map<std::uint64_t, LoadedSeries> series_;  // by reference
  std::size_t misfits_ = 0;
};

}  // namespace sonde::store
