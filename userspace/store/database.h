#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "measure/types.h"
#include "store/types.h"

namespace sonde::store {

/// What the store holds and has given up, for sonde_store_* metrics and /api/v1/status/tsdb.
struct DatabaseFacts {
  std::size_t series = 0;         ///< as Prometheus would count them: each bucket of a histogram is one
  std::size_t stored_series = 0;  ///< as they are kept
  std::size_t chunks = 0;
  std::size_t bytes = 0;                   ///< of everything that max_bytes bounds
  std::size_t sample_bytes = 0;            ///< of the compressed samples alone
  std::uint64_t appended_samples = 0;      ///< since the start
  std::uint64_t out_of_order_samples = 0;  ///< not taken: the wall clock stepped back
  std::uint64_t dropped_outputs = 0;       ///< samples of rules, made while the disk took too long over a checkpoint
  std::uint64_t dropped_by_age = 0;        ///< samples
  std::uint64_t dropped_by_size = 0;       ///< samples
  std::int64_t oldest_ms = 0;              ///< 0: nothing is there
  std::int64_t newest_ms = 0;
  std::uint64_t checkpoints = 0;
  std::uint64_t failed_checkpoints = 0;
  std::uint64_t damaged_files = 0;   ///< set aside
  std::int64_t checkpoint_ms = 0;    ///< when the last one was written
  std::size_t checkpoint_bytes = 0;  ///< on disk, all files
};

/// Every measured family over time: compressed in memory, bounded by age and bytes, checkpointed to disk.
/// threads: append, checkpoint from one thread at a time (the control thread); everything else from any. Readers never
/// hold up the capture thread, and an append waits for at most one selection.
class Database {
 public:
  /// Reads the checkpoint in `options.directory`, if there is any. A damaged file is set aside (renamed to
  /// NAME.damaged) and what was wrong is in `notices`, for the log.
  /// errors: kIo, kPermission if the directory cannot be used, kLimit if another process uses it; what to do is said.
  [[nodiscard]] static Result<std::unique_ptr<Database>> open(const StoreOptions& options,
                                                              std::vector<std::string>& notices);
  ~Database();

  /// Takes the snapshot's values of the series that are due at `now` (each StoreOptions::interval, or sooner where a
  /// demand says so). Series that were there before and are gone get a stale marker; a counter or histogram that is new
  /// since the last snapshot gets a zero before its first value, for it began at zero in between; not a counter in the
  /// first 30 s, when what the kernel has counted for long is seen for the first time.
  /// Returns the time the samples have: `now`, or the moment of the grid beside it.
  WallTime append(const measure::Snapshot& snapshot, WallTime now);

  /// Takes what was made from other series at one moment: all that `origin` (a rule) has made. What it made the last
  /// time and not now gets a stale marker. While a checkpoint is being written it is kept for the next call, so that
  /// nobody waits for a disk.  threads: one at a time, also beside append and checkpoint.
  void append_outputs(const std::string& origin, std::vector<Output> outputs, WallTime at);

  /// Replaces the demands.  errors: kBadInput for a bad regular expression.
  Result<> set_demands(std::vector<SamplingDemand> demands);

  /// Sorted by labels. Histograms are given as Prometheus would have scraped them: NAME_bucket with `le`, NAME_sum,
  /// NAME_count. With `selection.fine_buckets`, NAME_bucket has both edges of every fine bucket that any matching
  /// histogram of the metric uses, the same for all; of more than 100,000 such series neighbours are merged, and the
  /// classic bounds stay where even that does not do, where there are no finer ones, or where a matcher asks for `le`.
  /// errors: kBadInput for a regular expression that RE2 does not take.
  [[nodiscard]] Result<std::vector<std::unique_ptr<SeriesView>>> select(const Selection& selection) const;

  /// Label sets of the series with samples in the range that match any of `selections`; without `fine_buckets`.
  [[nodiscard]] Result<std::vector<std::shared_ptr<const Labels>>> series(std::span<const Selection> selections) const;

  /// Label names, sorted, of all series or of those that match any of the selections.
  [[nodiscard]] Result<std::vector<std::string>> label_names(std::span<const Selection> selections) const;

  /// Values of one label, sorted.
  [[nodiscard]] Result<std::vector<std::string>> label_values(const std::string& name,
                                                              std::span<const Selection> selections) const;

  [[nodiscard]] std::vector<MetricMetadata> metadata() const;
  [[nodiscard]] DatabaseFacts facts() const;

  /// Writes what is new since the last checkpoint, crash-safely.  errors: kIo; nothing is lost in memory.
  Result<> checkpoint();

 private:
  class Impl;
  explicit Database(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sonde::store
