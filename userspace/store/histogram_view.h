#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "store/chunk.h"
#include "store/fine_bounds.h"
#include "store/types.h"

namespace sonde::store {

/// What a view of a histogram shows.
struct HistogramPart {
  enum class Kind : std::uint8_t { kClassicBucket, kFineBucket, kInfinity, kSum, kCount };
  Kind kind = Kind::kCount;
  std::size_t bucket = 0;  ///< among the classic ones or in the FineBounds
};

/// From when to when.
struct TimeRange {
  std::int64_t from_ms = 0;
  std::int64_t to_ms = 0;
};

/// The samples of one histogram, decoded once for all views of it: by the first one that is read, and held until the
/// last one has been read or is gone.  threads: any.
class HistogramReading {
 public:
  /// shape: chunks oldest first; `bounds` null if no part is a fine bucket.
  HistogramReading(std::vector<ChunkPointer> chunks, TimeRange range, std::shared_ptr<const FineBounds> bounds);

  /// Registers what will be read, before anything is.  Returns its column.
  std::size_t add_part(HistogramPart part);

  /// Replaces `samples` by those of a column. `is_first` if it was not read before.
  void read(std::size_t column, TimeRange range, bool is_first, std::vector<Sample>& samples);

  /// A view that was never read goes.
  void forgo();

 private:
  void decode();
  void decode_chunk(const Chunk& chunk);
  void add_row(const HistogramCodec::State& state);
  void add_values(const HistogramCodec::State& state);
  void release_if_done();

  std::mutex mutex_;
  const std::vector<ChunkPointer> chunks_;
  const TimeRange range_;
  const std::shared_ptr<const FineBounds> bounds_;
  std::vector<HistogramPart> parts_;
  std::size_t unread_count_ = 0;
  std::vector<std::int64_t> times_ms_;
  std::vector<std::vector<double>> columns_;    // by part
  std::vector<std::uint64_t> counts_by_bound_;  // decoding: fine counts between neighbouring bounds
  std::vector<double> fine_cumulative_;         // decoding: kept for its memory
};

/// One of the series that a histogram is to Prometheus.
class HistogramView final : public SeriesView {
 public:
  HistogramView(std::shared_ptr<const Labels> labels, std::shared_ptr<HistogramReading> reading, HistogramPart part);
  ~HistogramView() override;
  HistogramView(const HistogramView&) = delete;
  HistogramView& operator=(const HistogramView&) = delete;

  [[nodiscard]] const std::shared_ptr<const Labels>& labels() const override { return labels_; }
  void read(std::int64_t from_ms, std::int64_t to_ms, std::vector<Sample>& samples) const override;

 private:
  std::shared_ptr<const Labels> labels_;
  std::shared_ptr<HistogramReading> reading_;
  std::size_t column_;
  mutable bool was_read_ = false;
};

}  // namespace sonde::store
