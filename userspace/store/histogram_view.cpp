#include "store/histogram_view.h"

#include <algorithm>
#include <array>
#include <utility>

#include "store/histogram_codec.h"

namespace sonde::store {

HistogramReading::HistogramReading(std::vector<ChunkPointer> chunks, TimeRange range,
                                   std::shared_ptr<const FineBounds> bounds)
    : chunks_(std::move(chunks)), range_(range), bounds_(std::move(bounds)) {}

std::size_t HistogramReading::add_part(HistogramPart part) {
  parts_.push_back(part);
  ++unread_count_;
  return parts_.size() - 1;
}

void HistogramReading::read(std::size_t column, TimeRange range, bool is_first, std::vector<Sample>& samples) {
  const std::lock_guard lock(mutex_);
  if (columns_.empty()) decode();
  const auto begin = std::lower_bound(times_ms_.begin(), times_ms_.end(), range.from_ms);
  const auto end = std::upper_bound(begin, times_ms_.end(), range.to_ms);
  samples.clear();
  samples.reserve(static_cast<std::size_t>(end - begin));
  const std::vector<double>& values = columns_[column];
  for (auto at = begin; at != end; ++at) {
    samples.push_back({*at, values[static_cast<std::size_t>(at - times_ms_.begin())]});
  }
  if (is_first) --unread_count_;
  release_if_done();
}

void HistogramReading::forgo() {
  const std::lock_guard lock(mutex_);
  --unread_count_;
  release_if_done();
}

void HistogramReading::release_if_done() {
  if (unread_count_ > 0) return;
  columns_ = {};
  times_ms_ = {};
}

void HistogramReading::decode() {
  columns_.resize(parts_.size());
  for (const ChunkPointer& chunk : chunks_) decode_chunk(*chunk);
}

void HistogramReading::decode_chunk(const Chunk& chunk) {
  const std::int64_t behind_ms = times_ms_.empty() ? range_.from_ms : times_ms_.back() + 1;
  // One more than bounds: what lies above all of them.
  counts_by_bound_.assign(bounds_ ? bounds_->limits.size() + 1 : 0, 0);
  ChunkReader<HistogramCodec> reader(chunk);
  while (reader.next()) {
    const HistogramCodec::State& state = reader.state();
    if (state.at_ms > range_.to_ms) return;
    if (bounds_) {
      if (state.began_anew) std::fill(counts_by_bound_.begin(), counts_by_bound_.end(), 0);
      for (const FineBucket& bucket : state.grown) {
        const auto above = std::upper_bound(bounds_->limits.begin(), bounds_->limits.end(), bucket.index);
        counts_by_bound_[static_cast<std::size_t>(above - bounds_->limits.begin())] += bucket.times;
      }
    }
    if (state.at_ms >= behind_ms) add_row(state);
  }
}

void HistogramReading::add_row(const HistogramCodec::State& state) {
  times_ms_.push_back(state.at_ms);
  if (!state.is_stale) {
    add_values(state);
    return;
  }
  for (std::vector<double>& column : columns_) column.push_back(stale_marker());
}

void HistogramReading::add_values(const HistogramCodec::State& state) {
  std::array<double, kClassicBuckets> classic{};
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < kClassicBuckets; ++i) {
    below += state.counts.classic[i];
    classic[i] = static_cast<double>(below);
  }
  fine_cumulative_.clear();
  below = 0;
  for (const std::uint64_t times : counts_by_bound_) {
    below += times;
    fine_cumulative_.push_back(static_cast<double>(below));
  }
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    double value = 0;
    switch (parts_[i].kind) {
      case HistogramPart::Kind::kClassicBucket:
        value = classic[parts_[i].bucket];
        break;
      case HistogramPart::Kind::kFineBucket:
        value = fine_cumulative_[parts_[i].bucket];
        break;
      case HistogramPart::Kind::kSum:
        value = state.counts.sum_seconds;
        break;
      case HistogramPart::Kind::kInfinity:
      case HistogramPart::Kind::kCount:
        value = static_cast<double>(state.counts.count);
        break;
    }
    columns_[i].push_back(value);
  }
}

HistogramView::HistogramView(std::shared_ptr<const Labels> labels, std::shared_ptr<HistogramReading> reading,
                             HistogramPart part)
    : labels_(std::move(labels)), reading_(std::move(reading)), column_(reading_->add_part(part)) {}

HistogramView::~HistogramView() {
  if (!was_read_) reading_->forgo();
}

void HistogramView::read(std::int64_t from_ms, std::int64_t to_ms, std::vector<Sample>& samples) const {
  reading_->read(column_, {from_ms, to_ms}, !was_read_, samples);
  was_read_ = true;
}

}  // namespace sonde::store
